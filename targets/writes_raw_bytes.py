"""Bytes that are no text on both streams, all of them, and an end without a newline. Probe: `part`."""

import os
import sys

for part in (b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 400, b"\xef\xbb\xbfmark", b"cut \xe2\x82"):
    sys.stdout.buffer.write(part)
sys.stdout.buffer.flush()
os.write(2, b"error \xff\n")
