"""Calls itself. Probe: `n` (parameter: 5, 4, 3, 2, 1, 0 with depth 0 to 5) and `result` (1, 1, 2, 6, 24, 120)."""


def factorial(n):
    if n == 0:
        result = 1
    else:
        result = n * factorial(n - 1)
    return result


factorial(5)
