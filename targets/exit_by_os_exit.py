"""Leaves by `os._exit(4)`: no atexit, no flush. Probe: `step` (0 to 99)."""

import os

for step in range(100):
    pass
os._exit(4)
