"""Stores as fast as Python can for a number of seconds (argument, 1 without), then prints how many. Probe: `value`."""

import sys
import time


def spin(seconds):
    end = time.perf_counter() + seconds
    rounds = 0
    while time.perf_counter() < end:
        for i in range(100_000):
            value = i
        rounds += 1
    return rounds * 100_000, value


stores, last = spin(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
print(stores)
