"""Code without probes while a probe may be live elsewhere. Prints the nanoseconds of processor time that the code
without probes took, as JSON.

    elsewhere.py ROUNDS

Between two pieces of work it calls `watched`, which is where the probe goes (on `seen`).
"""

import json
import sys
import time


def watched(n):
    seen = n * 2
    return seen


def leaf(a, b):
    return a + b


def work():
    """A hot loop and calls of a small function: what tracing tools slow down most."""
    total = 0
    for i in range(100_000):
        y = i & 7
        x = y * 3
        total += x
    for i in range(50_000):
        total = leaf(total, i)
    return total


def main():
    took = 0
    for n in range(int(sys.argv[1])):
        watched(n)
        began = time.thread_time_ns()
        work()
        took += time.thread_time_ns() - began
    print(json.dumps({"cpu_ns": took}))


main()
