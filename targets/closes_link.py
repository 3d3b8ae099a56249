"""Closes every descriptor beyond the standard ones, as daemons do, and runs on until its input ends. Probe: `n` (0 to 9)."""

import os
import sys

for n in range(10):
    pass
os.closerange(3, 1024)
print("closed", flush=True)
sys.stdin.read()
