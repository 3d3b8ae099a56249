"""Arrays of a million float64 at a steady rate, under one name or eight. Needs numpy. Prints when each store was made, in ns of Unix time.

    frames.py COUNT RATE_HZ NAMES

RATE_HZ 0: back to back. Array i of a name begins with i, and is stored in call i + 1 of its function.
Probes go on `frame`, or on `f0` to `f7`.
"""

import json
import sys
import time

import numpy as np


def main():
    count, rate, names = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    samples = np.sin(np.arange(1_000_000) * 1e-3)
    store = store_one if names == 1 else store_eight
    times = []
    due = time.monotonic()
    for i in range(count):
        samples[0] = i
        store(samples, times.append, time.time_ns)
        if rate:
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
    print(json.dumps({"times": times, "ended": time.time_ns()}), flush=True)


def store_one(samples, note, now):
    note(now())
    frame = samples
    return frame


def store_eight(samples, note, now):
    note(now())
    f0 = samples  # noqa: F841
    note(now())
    f1 = samples  # noqa: F841
    note(now())
    f2 = samples  # noqa: F841
    note(now())
    f3 = samples  # noqa: F841
    note(now())
    f4 = samples  # noqa: F841
    note(now())
    f5 = samples  # noqa: F841
    note(now())
    f6 = samples  # noqa: F841
    note(now())
    f7 = samples  # noqa: F841


main()
