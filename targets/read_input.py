"""Says what it reads."""

import sys

for line in sys.stdin:
    word = line.strip()
    print("read", word)
print("end of input", file=sys.stderr)
