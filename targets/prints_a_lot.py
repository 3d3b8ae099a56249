"""Twenty megabytes on stdout, and a line without an end on stderr. Probe: `n`."""

import sys

for n in range(200_000):
    print(n, "x" * 90)
sys.stderr.write("no newline here")
