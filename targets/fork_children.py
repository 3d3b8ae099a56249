"""Forks two children that each compute one value."""

import os
import sys


def compute(number):
    square = number * number
    return square


sys.stdout.flush()
for number in (2, 3):
    pid = os.fork()
    if pid == 0:
        compute(number)
        os._exit(0)
    os.waitpid(pid, 0)
compute(10)
print("done")
