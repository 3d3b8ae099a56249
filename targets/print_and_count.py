"""Prints a thousand numbers a second, and writes how far it is into a file (argument). Probe: `number`."""

import sys
import time

number = 0
while True:
    number = number + 1
    print(number)
    with open(sys.argv[1], "w") as file:
        file.write(str(number))
    time.sleep(0.001)
