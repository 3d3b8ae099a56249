"""Arrays of a million float64, eight names, at a steady rate. Needs numpy. Prints when each store was made, in ns of Unix time.

    frames.py COUNT RATE_HZ NAMES

RATE_HZ 0: back to back. Array i of a name begins with i. The probes go on `f0` to `f7`.
"""

import json
import sys
import time

import numpy as np


def main():
    count, rate, names = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    samples = np.sin(np.arange(1_000_000) * 1e-3)
    stores = [store_0, store_1, store_2, store_3, store_4, store_5, store_6, store_7][:names]
    times = []
    due = time.monotonic()
    for i in range(count):
        samples[0] = i
        for store in stores:
            times.append(time.time_ns())
            store(samples)
        if rate:
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
    print(json.dumps({"times": times, "ended": time.time_ns()}), flush=True)


def store_0(samples):
    f0 = samples
    return f0


def store_1(samples):
    f1 = samples
    return f1


def store_2(samples):
    f2 = samples
    return f2


def store_3(samples):
    f3 = samples
    return f3


def store_4(samples):
    f4 = samples
    return f4


def store_5(samples):
    f5 = samples
    return f5


def store_6(samples):
    f6 = samples
    return f6


def store_7(samples):
    f7 = samples
    return f7


main()
