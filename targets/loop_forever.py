"""Counts until it is stopped, a hundred times a second. Probe: `count`, `wave`."""

import math
import time

count = 0
while True:
    count = count + 1
    wave = math.sin(count / 10)
    time.sleep(0.01)
