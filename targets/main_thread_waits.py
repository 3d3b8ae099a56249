"""The main thread sleeps in a lock while a worker works, for ever. Probe: `n`, which can be added while it runs."""

import threading
import time


def work():
    n = 0
    while True:
        n += 1
        time.sleep(0.005)


thread = threading.Thread(target=work)
thread.start()
thread.join()
