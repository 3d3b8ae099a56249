"""Takes no notice of SIGINT and SIGTERM: only SIGKILL ends it. Probe: `count`. Prints "ready" once it is deaf."""

import signal
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
count = 0
while True:
    count += 1
    time.sleep(0.01)
