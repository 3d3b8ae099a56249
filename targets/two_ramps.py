"""Two arrays again and again, one rising and one falling, a hundred times a second. Probe: `rising`, `falling`, `turn`."""

import time
from array import array

COUNT = 1000


def main():
    turn = 0
    while True:
        turn += 1
        rising = array("d", [i / COUNT for i in range(COUNT)])
        falling = array("d", [1 - value for value in rising])
        time.sleep(0.01)


main()
