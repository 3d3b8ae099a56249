"""A signal through five functions, forever: one to three names in each."""

import time


def make(turn):
    ramp = [turn % 10 + k / 100 for k in range(100)]
    return ramp


def scale(ramp, factor):
    scaled = [factor * x for x in ramp]
    largest = max(scaled)
    return scaled, largest


def offset(scaled):
    lifted = [x + 1 for x in scaled]
    return lifted


def measure(lifted):
    mean = sum(lifted) / len(lifted)
    span = max(lifted) - min(lifted)
    return mean, span


def main():
    turn = 0
    while True:
        turn += 1
        ramp = make(turn)
        scaled, largest = scale(ramp, 2.0)
        lifted = offset(scaled)
        mean, span = measure(lifted)
        time.sleep(0.02)


main()
