"""On SIGINT it leaves the way Python programs do: except, finally, atexit, in that order. Probe: `count`."""

import atexit
import time

atexit.register(print, "atexit", flush=True)
count = 0
try:
    print("ready", flush=True)
    while True:
        count += 1
        time.sleep(0.01)
except KeyboardInterrupt:
    print("interrupted", flush=True)
finally:
    print("finally", flush=True)
