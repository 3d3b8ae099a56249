"""Copies arrays of a million float64 into a file in shared memory, and nothing else: one for each line that it is sent.
Prints where in the file each stands, in bytes. Needs numpy.

    bare_copy.py FILE SLOTS
"""

import mmap
import sys

import numpy as np


def main():
    path, slots = sys.argv[1], int(sys.argv[2])
    samples = np.sin(np.arange(1_000_000) * 1e-3)
    with open(path, "r+b") as file:
        file.truncate(slots * samples.nbytes)
        memory = mmap.mmap(file.fileno(), slots * samples.nbytes)
    rooms = [np.frombuffer(memory, samples.dtype, samples.size, slot * samples.nbytes) for slot in range(slots)]
    for count, _ in enumerate(sys.stdin):
        samples[0] = count
        np.copyto(rooms[count % slots], samples)
        print(count % slots * samples.nbytes, flush=True)


main()
