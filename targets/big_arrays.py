"""A hundred arrays of a million float64, back to back. Needs numpy. Probe: `frame`: array i begins with i."""

import sys
import time

import numpy as np

count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
samples = np.sin(np.arange(1_000_000) * 1e-3)
began = time.perf_counter()
for i in range(count):
    samples[0] = i
    frame = samples
print(time.perf_counter() - began)
