"""Counts until it is interrupted; then it says so and ends with code 5."""

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
