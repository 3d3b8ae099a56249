"""Ends at once and leaves a forked child behind, which counts until it is stopped. Probe: `count`."""

import os
import sys
import time

print("leaving", flush=True)
if os.fork() != 0:
    sys.exit(4)
count = 0
while True:
    count = count + 1
    time.sleep(0.01)
