"""Stores that look the same: each counts. Probe: `bit` (0, 0, 1, 1, 0), `same` (5, 5, 5), `buffer` ([0, 0], then [7, 0])."""

import array

for bit in [0, 0, 1, 1, 0]:
    pass
for _ in range(3):
    same = 5
buffer = array.array("d", [0.0, 0.0])
buffer[0] = 7.0
buffer = buffer
