"""One name, values of many kinds."""


class Config:
    def __init__(self):
        self.rate = 48000
        self.name = "left"


def values():
    yield 0.5
    yield 7
    yield 2**60
    yield True
    yield float("nan")
    yield float("-inf")
    yield 1 + 2j
    yield None
    yield "text"
    yield b"\x00\x01\xff"
    yield [1, 2.5, 3]
    yield (1, "a")
    yield {"a": 1, "b": [True]}
    yield Config()


for value in values():
    pass
