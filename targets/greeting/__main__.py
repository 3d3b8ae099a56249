"""Greets its arguments."""

import sys

for name in sys.argv[1:]:
    text = "hello " + name
    print(text)
print(__name__, __spec__.name)
