"""Ends with an exception that nobody catches."""


def divide(a, b):
    ratio = a / b
    return ratio


print(divide(1, 2))
print(divide(1, 0))
