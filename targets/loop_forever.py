"""Runs until somebody stops it."""

import time

print("ready", flush=True)
tick = 0
try:
    while True:
        tick = tick + 1
        time.sleep(0.01)
except KeyboardInterrupt:
    print("stopped politely", flush=True)
    raise SystemExit(5)
