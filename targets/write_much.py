"""Writes as many lines as it is told."""

import sys

for i in range(int(sys.argv[1])):
    print("line", i)
