"""Starts as many short processes as it is told, one after the other; each makes a few values and ends. Probe: `value`."""

import os
import sys


def work(number):
    for step in range(3):
        value = number * 10 + step
    return value


for number in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        if len(sys.argv) > 2:
            work(number)
        os._exit(0)
    os.waitpid(pid, 0)
work(-1)
