"""Says hello to every line it reads, until the input ends. Probe: `line`."""

import sys

for line in sys.stdin:
    print("hello", line.strip(), flush=True)
print("end of input")
