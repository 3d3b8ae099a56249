"""A thousand stores whose values are known, then the end. Probe: `square` (0, 1, 4, …, 998001)."""


def square_of(number):
    square = number * number
    return square


total = 0
for number in range(1000):
    total += square_of(number)
print(total)
