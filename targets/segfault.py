"""Reads address 0 after a hundred stores. Probe: `step` (0 to 99)."""

import ctypes

for step in range(100):
    pass
ctypes.string_at(0)
