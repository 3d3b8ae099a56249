"""Four threads count to 250 each. Probe: `n`: a thousand captures with four thread tags, each thread's in order."""

import threading


def count(name):
    for n in range(250):
        pass
    return name


threads = [threading.Thread(target=count, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
