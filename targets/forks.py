"""Forks twice; every process counts. Probe: `n`: 100 captures from each of three processes. POSIX only."""

import os


def count(start):
    for n in range(start, start + 100):
        pass


children = []
for i in (1, 2):
    pid = os.fork()
    if pid == 0:
        count(i * 1000)
        os._exit(i)
    children.append(pid)
count(0)
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
print(codes)
