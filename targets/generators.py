"""Two generators of the same code, interleaved, one of them closed early. Probe: `value` (0, 0, 1, 1, 2, 3)."""


def numbers():
    n = 0
    while True:
        value = n
        yield value
        n += 1


first, second = numbers(), numbers()
for _ in range(2):
    next(first)
    next(second)
second.close()
next(first)
next(first)
