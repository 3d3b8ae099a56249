"""Every way to bind a name that all supported versions have, once each, with values that tell them apart."""


class Box:
    gain = 1.0

    def __init__(self, value):
        self.value = value


def parameters(first, /, second, *rest, keyword, **options):
    return first, second, rest, keyword, options


def bindings():
    plain = 1
    augmented = 1
    augmented += 1
    annotated: int = 3
    left, right = 4, 5
    [nested, (inner, *starred)] = [6, (7, 8, 9)]
    chained = twice = 10
    if (walrus := 11) > 10:
        pass
    for looped in (12, 13):
        pass
    squares = [item * item for item in range(3)]
    with open(__file__) as handle:
        handle.readline()
    try:
        raise ValueError("caught")
    except ValueError as error:
        text = str(error)
    import math as maths

    box = Box(14)
    box.value = 15
    box.gain = 0.5
    cells = [0, 0]
    cells[1] = 16
    cells[-1] += 1
    left, right = right, left
    local = lambda argument: argument + 1  # noqa: E731
    called = local(17)

    def inner_function(value):
        nonlocal plain
        plain = value
        return plain

    inner_function(18)
    return (
        plain, augmented, annotated, left, right, nested, inner, starred, chained, twice, walrus, looped, squares, text,
        maths.pi, box, cells, called,
    )  # fmt: skip


parameters(1, 2, 3, keyword=4, extra=5)
module_level = bindings()
