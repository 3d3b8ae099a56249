"""A worker thread raises on line 10; the main thread goes on and ends with exit code 0. Probe: `item`, `done`."""

import threading


def work():
    for item in range(5):
        if item == 3:
            reason = "three is not allowed"
            raise ValueError(reason)


thread = threading.Thread(target=work, name="worker")
thread.start()
thread.join()
done = True
