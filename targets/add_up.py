"""Adds up the numbers below its first argument, 5 without one."""

import sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
total = 0
for i in range(count):
    total = total + i
print("total", total)
