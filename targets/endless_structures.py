"""Values without an end or a bottom. Probe: `value`: each capture is a bounded tree or text."""

import collections
import itertools


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


loop = [1]
loop.append(loop)
mapping = {}
mapping["self"] = mapping
for value in (
    loop,
    mapping,
    nested(10_000),
    list(range(1_000_000)),
    dict.fromkeys(range(1_000_000)),
    set(range(100_000)),
    "x" * 10_000_000,
    b"\x00" * 10_000_000,
    10**5000,
    -(10**5000),
    itertools.count(),
    collections.deque(range(1_000_000)),
    range(10**30),
    "\ud800 lone surrogate",
    float("nan"),
    float("-inf"),
    complex("inf+nanj"),
    object(),
    None,
    ...,
    print,
    type,
):
    pass
