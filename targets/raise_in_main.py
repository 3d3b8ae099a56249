"""Divides by zero on line 8, in a function. Probe: `left` (3, 2, 1, 0)."""


def countdown(start):
    left = start
    while True:
        share = 0.0
        share = 12 / left
        left = left - 1


countdown(3)
