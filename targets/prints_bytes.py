"""Output that is not UTF-8, and a character that comes in two writes. Probe: `part`."""

import sys
import time

for part in (b"caf\xe9 \xff\n", b"\xe2\x82", b"\xac\n"):
    sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
    time.sleep(0.05)
