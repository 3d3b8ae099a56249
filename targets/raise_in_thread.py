"""A thread dies of an exception; the program goes on."""

import threading


def work(number):
    level = number * 2
    raise ValueError("level " + str(level))


thread = threading.Thread(target=work, args=(21,), name="worker")
thread.start()
thread.join()
print("done")
