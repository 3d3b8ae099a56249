"""Has a function that nobody calls, and a line without code."""

import math


def unused():
    hidden = math.pi
    return hidden


print("done")
