# ruff: noqa: E501
# fmt: off
"""The capture law as programs with the sequences that their probes must capture.

A probed name stands between « and ». `captures` are the values in the order in which they must arrive; with several probes
each is a pair of the probe's number (from 0, in the order of the text) and the value. `known` lists, by version, the
sequence that is captured instead, and why that cannot be better.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Law(NamedTuple):
    name: str
    program: str
    captures: list[Any]
    calls: list[tuple[int, int, int]] | None = None
    """Call, hit in the call, depth, for each capture."""
    since: tuple[int, int] = (3, 9)
    known: dict[str, tuple[list[Any], str]] = {}  # noqa: RUF012  (of a tuple: never changed)
    when: str = ""
    """The condition of its probe, in mode when."""


SWAP = ("3.9", "3.10", "3.11")
STORES_A_FIRST = "3.9 and 3.10 store in the order of the text"


def known(versions: tuple[str, ...], captures: list[Any], reason: str) -> dict[str, tuple[list[Any], str]]:
    return {version: (captures, reason) for version in versions}


STORES = [
    Law("module level", "«x» = 1\nx = 2\n", [1]),
    Law("function", "def f():\n    «x» = 1\n    x = 2\nf(); f()\n", [1, 1], [(1, 1, 0), (2, 1, 0)]),
    Law("equal values count", "for _ in range(3):\n    «x» = 5\n", [5, 5, 5], [(1, 1, 0), (1, 2, 0), (1, 3, 0)]),
    Law("x = x counts", "def f(x):\n    «x» = x\n    «x» = x\nf(7)\n", [(0, 7), (1, 7)]),
    Law("the same object again counts", "a = [1]\nfor _ in range(2):\n    «b» = a\n", [[1], [1]]),
    Law("booleans in sequence", "def f():\n    for v in (False, False, True, True, False):\n        «bit» = v\nf()\n",
        [False, False, True, True, False]),
    Law("two x on one line", "def f():\n    «x» = 1; «x» = 2\nf()\n", [(0, 1), (1, 2)]),
    Law("only the second x", "def f():\n    x = 1; «x» = 2\nf()\n", [2]),
    Law("chain", "def f():\n    «a» = «b» = 3\nf()\n", [(0, 3), (1, 3)]),
    Law("chain of module", "«a» = «b» = 3\n", [(0, 3), (1, 3)]),
    Law("annotated", "def f():\n    «x»: int = 4\nf()\n", [4]),
    Law("annotated in class", "class C:\n    «x»: int = 4\n", [4]),
    Law("augmented", "def f():\n    x = 1\n    «x» += 2\n    «x» *= 5\nf()\n", [(0, 3), (1, 15)]),
    Law("augmented global", "x = 1\ndef f():\n    global x\n    «x» += 2\nf(); f()\n", [3, 5]),
    Law("augmented list is after the statement", "def f():\n    a = [1]\n    «a» += [2]\n    a.append(3)\nf()\n", [[1, 2]]),
    Law("in-place change afterwards", "def f():\n    «a» = [1, 2]\n    a[0] = 9\n    return a\nf()\n", [[1, 2]]),
    Law("unpacking", "def f():\n    «a», («b», *«c») = 1, (2, 3, 4)\nf()\n", [(0, 1), (1, 2), (2, [3, 4])]),
    Law("unpacking at module level", "[«a», «b»] = 1, 2\n", [(0, 1), (1, 2)]),
    Law("swap", "def f(a, b):\n    «a», b = b, a\n    return a\nf(1, 2)\n", [2]),
    Law("swap, both sides", "def f(a, b):\n    «a», «b» = b, a\nf(1, 2)\n", [(1, 1), (0, 2)],
        known=known(("3.9", "3.10"), [(0, 2), (1, 1)], STORES_A_FIRST)),
    Law("rotation of three", "def f(a, b, c):\n    «a», b, c = c, a, b\n    return a\nf(1, 2, 3)\n", [3]),
    Law("one name twice in a tuple", "def f():\n    «a», a = 1, 2\n    return a\nf()\n", [],
        known=known((*SWAP, "3.12"), [1], "they still execute the first store")),
    Law("walrus", "def f():\n    if («x» := 3) and x:\n        pass\nf()\n", [3]),
    Law("walrus in a loop", "def f():\n    it = iter([1, 2, 0])\n    while «x» := next(it):\n        pass\nf()\n", [1, 2, 0]),
    Law("walrus in a comprehension", "def f():\n    return [y for v in range(3) if («y» := v * v) >= 0]\nf()\n", [0, 1, 4]),
    Law("walrus in a module comprehension", "r = [y for v in range(3) if («y» := v * v) >= 0]\n", [0, 1, 4]),
    Law("for", "def f():\n    for «i» in range(3):\n        pass\nf()\n", [0, 1, 2]),
    Law("for at module level", "for «i» in range(3): pass\n", [0, 1, 2]),
    Law("for, unpacking", "def f():\n    for «k», «v» in [(1, 2), (3, 4)]:\n        pass\nf()\n", [(0, 1), (1, 2), (0, 3), (1, 4)]),
    Law("for with continue and else", "def f():\n    for «i» in range(4):\n        if i % 2: continue\n    else:\n        i = 9\nf()\n", [0, 1, 2, 3]),
    Law("for whose body is a while", "def f():\n    for «i» in range(3):\n        while i > 1:\n            i -= 1\nf()\n", [0, 1, 2]),
    Law("while whose last statement stores", "def f():\n    n = 3\n    while n:\n        «n» -= 1\nf()\n", [2, 1, 0]),
    Law("store before a merge", "def f(c):\n    x = 0\n    if c: «x» = 1\n    return x\nf(0); f(1); f(0); f(1)\n", [1, 1]),
    Law("store before a merge, module level", "for c in (0, 1, 0):\n    x = 0\n    if c: «x» = 1\n    y = x\n", [1]),
    Law("both branches", "def f(c):\n    if c: «x» = 1\n    else: «x» = 2\n    return x\nf(0); f(1)\n", [(1, 2), (0, 1)]),
    Law("store at the end of a loop body with if", "def f():\n    for i in range(3):\n        if i: «x» = i\nf()\n", [1, 2]),
    Law("with", "import contextlib\ndef f():\n    with contextlib.nullcontext(5) as «x»:\n        pass\nf()\n", [5]),
    Law("with, two items", "import contextlib as c\ndef f():\n    with c.nullcontext(5) as «x», c.nullcontext(x + 1) as «y»:\n        pass\nf()\n",
        [(0, 5), (1, 6)]),
    Law("with, unpacking", "import contextlib as c\ndef f():\n    with c.nullcontext((1, 2)) as («x», «y»): pass\nf()\n", [(0, 1), (1, 2)]),
    Law("except", "def f():\n    try:\n        raise ValueError(1)\n    except ValueError as «e»:\n        pass\nf()\n", ["ValueError(1,)"]),
    Law("except at module level", "try:\n    raise ValueError(1)\nexcept (ValueError, OSError) as «e»: pass\n", ["ValueError(1,)"]),
    Law("except in a finally", "def f():\n    try: pass\n    finally:\n        try: 1 / 0\n        except ZeroDivisionError as «e»: pass\nf()\n",
        ["ZeroDivisionError('division by zero',)"]),
    Law("name of except bound again", "def f():\n    try: 1 / 0\n    except ZeroDivisionError as e:\n        «e» = 5\nf()\n", [5]),
    Law("finally, both ways through", "def f(bad):\n    try:\n        if bad: raise ValueError\n    finally:\n        «x» = bad\n"
        "f(0)\ntry: f(1)\nexcept ValueError: pass\n", [0, 1]),
    Law("finally with return", "def f(n):\n    for i in range(3):\n        try:\n            if i == n: return\n        finally:\n            «x» = i\nf(1)\n", [0, 1]),
    Law("import", "import math as «m»\n", ["<module>"]),
    Law("import in function", "def f():\n    import os.path as «p»\nf()\n", ["<module>"]),
    Law("from import", "def f():\n    from math import pi as «p», e as «q»\nf()\n", [(0, 3.141592653589793), (1, 2.718281828459045)]),
    Law("from import over lines", "from math import (\n    pi,\n    e as «q»,\n)\n", [2.718281828459045]),
    Law("match capture", "def f(v):\n    match v:\n        case [«a», *«b»]: pass\n        case {'k': «c», **«d»}: pass\n        case «e»: pass\n"
        "f([1, 2, 3]); f({'k': 4, 'z': 5}); f(6)\n", [(0, 1), (1, [2, 3]), (3, {"z": 5}), (2, 4), (4, 6)], since=(3, 10),
        known=known(("3.9", "3.10"), [(0, 1), (1, [2, 3]), (2, 4), (3, {"z": 5}), (4, 6)], "3.10 stores the rest of a mapping last")),
    Law("match capture before its guard", "def f(v):\n    match v:\n        case «a» if a == 5: return 1\n        case [_, «b»] if b: pass\nf(1); f(5); f([0, 2])\n",
        [(0, 1), (0, 5), (0, [0, 2]), (1, 2)], since=(3, 10),
        known={}),
    Law("match as", "def f(v):\n    match v:\n        case (1 | 2) as «n»: pass\nf(1); f(3); f(2)\n", [1, 2], since=(3, 10)),
    Law("global", "def f():\n    global g\n    «g» = 8\nf()\n", [8]),
    Law("nonlocal", "def f():\n    n = 0\n    def inner():\n        nonlocal n\n        «n» = n + 1\n    inner(); inner()\nf()\n", [1, 2]),
    Law("cell variable", "def f():\n    «n» = 3\n    def inner(): return n\n    «n» = inner() + 1\nf()\n", [(0, 3), (1, 4)]),
    Law("class body", "class C:\n    «a» = 1\n    «b» = a + 1\n", [(0, 1), (1, 2)]),
    Law("class body in a function", "def f(k):\n    class C:\n        «a» = k\nf(1); f(2)\n", [1, 2]),
    Law("enum body", "import enum\nclass E(enum.Enum):\n    «A» = 1\n    B = 2\n", [1]),
    Law("list comprehension", "def f():\n    return [v for «v» in range(3)]\nf()\n", [0, 1, 2]),
    Law("comprehension, hits belong to the function", "def f():\n    return [v for «v» in range(2)]\nf(); f()\n", [0, 1, 0, 1],
        [(1, 1, 0), (1, 2, 0), (2, 1, 0), (2, 2, 0)]),
    Law("set and dict comprehensions", "def f():\n    return {v for «v» in (1, 2)}, {k: w for «k», «w» in [(3, 4)]}\nf()\n",
        [(0, 1), (0, 2), (1, 3), (2, 4)]),
    Law("comprehension of module", "r = [v for «v» in range(3) if v]\n", [0, 1, 2]),
    Law("nested comprehensions", "def f():\n    return [[«a» + b for «b» in (1, 2)] for «a» in (10, 20)]\nf()\n",
        [(2, 10), (1, 1), (0, 10), (1, 2), (0, 10), (2, 20), (1, 1), (0, 20), (1, 2), (0, 20)]),
    Law("the outer variable of a comprehension's name", "def f():\n    «v» = 7\n    r = [v for v in range(2)]\n    return v\nf()\n", [7]),
    Law("generator expression", "def f():\n    return sum(v for «v» in range(3))\nf(); f()\n", [0, 1, 2, 0, 1, 2],
        [(1, 1, 0), (1, 2, 0), (1, 3, 0), (2, 1, 0), (2, 2, 0), (2, 3, 0)]),
]

TARGETS = [
    Law("attribute", "class C: pass\nc = C()\ndef f(c):\n    «c.gain» = 2\n    c.gain = 3\nf(c)\n", [2]),
    Law("attribute of self", "class C:\n    def __init__(self):\n        «self.n» = 1\n    def step(self):\n        «self.n» += 1\nc = C(); c.step(); c.step()\n",
        [(0, 1), (1, 2), (1, 3)]),
    Law("attribute in a slot", "class C:\n    __slots__ = ('n',)\nc = C()\n«c.n» = 4\n", [4]),
    Law("attribute of an attribute", "class C: pass\nc = C(); c.d = C()\n«c.d.e» = 4\n", [4]),
    Law("class attribute", "class C:\n    n = 0\n    @classmethod\n    def up(cls):\n        «cls.n» += 1\nC.up(); C.up()\n", [1, 2]),
    Law("attribute over a class default", "class C:\n    n = 0\nc = C()\n«c.n» = 6\n", [6]),
    Law("private attribute", "class C:\n    def m(self):\n        «self.__n» = 6\nC().m()\n", [6]),
    Law("attribute behind a property", "class C:\n    @property\n    def n(self): raise SystemExit('ran')\n    @n.setter\n    def n(self, v): pass\nc = C()\n«c.n» = 6\n",
        ["unreadable"], known=known(SWAP, [6], "swapped code sees the value on its way in")),
    Law("attribute with __getattribute__", "class C:\n    def __getattribute__(self, n): raise SystemExit('ran')\nc = C()\n«c.n» = 6\n", [6]),
    Law("augmented attribute behind a property", "class C:\n    @property\n    def n(self): return 1\n    @n.setter\n    def n(self, v): pass\nc = C()\n«c.n» += 6\n",
        ["unreadable"], known=known(SWAP, [7], "swapped code sees the value on its way in")),
    Law("list item", "def f():\n    b = [0, 0]\n    for i in range(2):\n        «b[i]» = i * 10\nf()\n", [0, 10]),
    Law("list item, negative and computed", "def f():\n    b = [0, 0, 0]\n    k = 1\n    «b[-1]» = 3\n    «b[k + 1]» = 4\n    «b[2 * k - 1]» += 5\nf()\n",
        [(0, 3), (1, 4), (2, 5)]),
    Law("list slice", "def f():\n    b = [0, 0, 0]\n    «b[1:3]» = [5, 6]\nf()\n", [[5, 6]]),
    Law("dict item", "def f():\n    d = {}\n    «d['a']» = 1\n    «d['a']» += 1\n    «d[1, 'b']» = 3\nf()\n", [(0, 1), (1, 2), (2, 3)]),
    Law("item of an attribute", "class C: pass\nc = C(); c.b = [0, 0]; i = 1\n«c.b[i]» = 9\n", [9]),
    Law("item of an item", "def f():\n    m = [[0, 0], [0, 0]]\n    «m[1][0]» = 7\nf()\n", [7]),
    Law("for target", "def f():\n    b = [0]\n    for «b[0]» in (1, 2): pass\nf()\n", [1, 2]),
    Law("unpacking into attributes", "class C: pass\nc = C()\ndef f():\n    «c.a», «c.b» = 1, 2\nf()\n", [(0, 1), (1, 2)]),
    Law("with target", "import contextlib\nclass C: pass\nc = C()\nwith contextlib.nullcontext(3) as «c.x»: pass\n", [3]),
    Law("the base of a target is a load", "class C: pass\ndef f():\n    b = [0, 1]\n    «b»[0] = 5\n    b[0] = 6\nf()\n", [[0, 1]]),
    Law("item of the program's own container", "class D:\n    def __getitem__(self, k): raise SystemExit('ran')\n    def __setitem__(self, k, v): pass\nd = D()\n«d[0]» = 5\n",
        ["unreadable"], known=known(SWAP, [5], "swapped code sees the value on its way in")),
    Law("a call in the target", "def f():\n    b = [0]\n    def i(): return 0\n    «b[i()]» = 5\nf()\n",
        ["unreadable"], known=known(SWAP, [5], "swapped code sees the value on its way in")),
    Law("dict subclass", "import collections\nd = collections.defaultdict(int)\n«d['a']» += 5\n", [5]),
]

LOADS = [
    Law("load", "def f(x):\n    y = «x» + 1\nf(3)\n", [3]),
    Law("load and store of one statement", "def f(x):\n    «x» = «x» + 1\nf(3)\n", [(1, 3), (0, 4)]),
    Law("each of two loads", "def f(x):\n    return «x» * «x»\nf(3)\n", [(0, 3), (1, 3)]),
    Law("the second load only", "def f(x, y):\n    return x + y, x + «y»\nf(3, 4)\n", [4]),
    Law("loads of several pairs", "def f(a, x):\n    return a + «x», a - «x», «a» * x\nf(3, 4)\n", [(0, 4), (1, 4), (2, 3)]),
    Law("load before it changes", "def f():\n    a = [1]\n    return [«a».append(2), «a»]\nf()\n", [(0, [1]), (1, [1, 2])]),
    Law("load, then stored on the line", "def f():\n    x = 1; y = «x»; x = 2; z = «x»\nf()\n", [(0, 1), (1, 2)]),
    Law("load of a global", "g = 5\ndef f(): return «g»\nf(); g = 6; f()\n", [5, 6]),
    Law("load of a free variable", "def f(n):\n    def inner(): return «n»\n    inner()\n    n = 2\n    inner()\nf(1)\n", [1, 2]),
    Law("load of a cell", "def f(n):\n    def inner(): return n\n    return «n»\nf(1)\n", [1]),
    Law("load at module level", "a = 1\nb = «a»\n", [1]),
    Law("load in a class body", "a = 1\nclass C:\n    b = «a»\n    c = «b»\n", [(0, 1), (1, 1)]),
    Law("free variable in a class body", "def f(n):\n    class C:\n        m = «n»\nf(4)\n", [4]),
    Law("load in a condition", "def f(x):\n    while «x»: x -= 1\nf(2)\n", [2, 1, 0]),
    Law("load in a default", "d = 4\ndef f(a=«d»): pass\n", [4]),
    Law("load in a decorator", "def deco(f): return f\nk = deco\n@«k»\ndef f(): pass\n", ["<function>"]),
    Law("load in an f-string", "def f(x):\n    return f'{«x»:>3} {x}'\nf(2)\n", [2]),
    Law("load of a callee", "def f(g):\n    return «g»(1)\nf(str)\n", ["<type>"]),
    Law("load of the base of an attribute", "def f(x):\n    return «x».real\nf(2)\n", [2]),
    Law("load in a comprehension's condition", "def f(k):\n    return [v for v in range(3) if «v» > k]\nf(0)\n", [0, 1, 2]),
    Law("load in the iterable of a comprehension", "def f(k):\n    return [v for v in «k»]\nf((1, 2))\n", [(1, 2)]),
    Law("load in a subscript", "def f(b, i):\n    b[«i»] += 1\nf([0, 0], 1)\n", [1]),
    Law("load that raises", "def f():\n    try: «x»\n    except NameError: pass\n    x = 1\nf()\n", [], known={}),
    Law("load in a lambda", "f = lambda a: «a» + 1\nf(1); f(2)\n", [1, 2]),
    Law("load that short-circuits", "def f(a, b):\n    return a or «b»\nf(1, 2); f(0, 3)\n", [3]),
    Law("load in an await", "import asyncio\nasync def g(): return 1\nasync def f():\n    c = g()\n    return await «c»\nasyncio.run(f())\n", ["<coroutine>"]),
    Law("load in a return", "def f(x):\n    try: return «x»\n    finally: x = 2\nf(1)\n", [1]),
    Law("load of a starred argument", "def f(a, k):\n    return dict(*«a», **«k»)\nf([], {'z': 1})\n", [(0, []), (1, {"z": 1})]),
]

PARAMETERS = [
    Law("parameter", "def f(«x»):\n    x = 9\nf(1); f(2)\n", [1, 2], [(1, 1, 0), (2, 1, 0)]),
    Law("all kinds", "def f(«a», /, «b», *«c», «d»=4, **«e»): pass\nf(1, 2, 3, z=5)\n",
        [(0, 1), (1, 2), (2, (3,)), (3, 4), (4, {"z": 5})]),
    Law("parameter with docstring", "def f(«x»):\n    'doc'\n    return f.__doc__\nassert f(1) == 'doc'\n", [1]),
    Law("parameter of a method", "class C:\n    def m(self, «v»): pass\nC().m(3)\n", [3]),
    Law("parameter that is a cell", "def f(«x»):\n    return lambda: x\nf(3)\n", [3]),
    Law("parameter over lines", "def f(a,\n      «b»,\n      c): pass\nf(1, 2, 3)\n", [2]),
    Law("parameter of a decorated function", "import functools\ndef deco(g):\n    @functools.wraps(g)\n    def inner(*a): return g(*a)\n    return inner\n"
        "@deco\n@deco\ndef f(«x»): pass\nf(3)\n", [3]),
    Law("parameter of a lambda", "f = lambda «x», *«y»: x\nf(1, 2)\n", [(0, 1), (1, (2,))]),
    Law("parameters of two lambdas on a line", "f, g = lambda «x»: x, lambda «x»: -x\ng(1); f(2)\n", [(1, 1), (0, 2)]),
    Law("two functions of one name", "def f(«x»): pass\nf(1)\ndef f(«x»): pass\nf(2)\n", [(0, 1), (1, 2)]),
    Law("parameter of a generator: once, when it starts", "def f(«x»):\n    yield x\n    yield x\ng = f(1)\nlist(g)\nf(2)\n", [1]),
    Law("parameter of a coroutine", "import asyncio\nasync def f(«x»):\n    await asyncio.sleep(0)\nasyncio.run(f(1))\n", [1]),
    Law("recursion", "def f(«n»):\n    return n and f(n - 1)\nf(2)\n", [2, 1, 0], [(1, 1, 0), (2, 1, 1), (3, 1, 2)]),
]

PLACES = [
    Law("nested functions", "def f():\n    def g():\n        def h():\n            «x» = 1\n        h(); h()\n    g()\nf()\n", [1, 1],
        [(1, 1, 0), (2, 1, 0)]),
    Law("method", "class C:\n    def m(self, n):\n        «x» = n\nC().m(1); C().m(2)\n", [1, 2]),
    Law("static and class methods, property", "class C:\n    @staticmethod\n    def s():\n        «x» = 1\n    @classmethod\n    def c(cls):\n        «y» = 2\n"
        "    @property\n    def p(self):\n        «z» = 3\n        return z\nC.s(); C.c(); C().p\n", [(0, 1), (1, 2), (2, 3)]),
    Law("decorated", "import functools\n@functools.lru_cache(None)\ndef f(n):\n    «x» = n\n    return x\nf(1); f(1); f(2)\n", [1, 2]),
    Law("lambda in a comprehension", "fs = [lambda k=k: «k» * 2 for k in range(2)]\n[f() for f in fs]\n", [0, 1]),
    Law("generator", "def f():\n    for i in range(3):\n        «x» = i\n        yield x\nlist(f())\n", [0, 1, 2],
        [(1, 1, 0), (1, 2, 0), (1, 3, 0)]),
    Law("two generators in turn", "def f(k):\n    for i in range(2):\n        «x» = k + i\n        yield x\na, b = f(0), f(10)\n"
        "next(a); next(b); next(a); next(b)\n", [0, 10, 1, 11], [(1, 1, 0), (2, 1, 0), (1, 2, 0), (2, 2, 0)]),
    Law("value sent into a generator", "def f():\n    while True:\n        «x» = yield\ng = f(); next(g); g.send(1); g.send(2)\n", [1, 2]),
    Law("yield from", "def f():\n    «x» = yield from g()\ndef g():\n    yield 1\n    return 5\nlist(f())\n", [5]),
    Law("coroutines", "import asyncio\nasync def f(n):\n    for i in range(2):\n        «x» = n + i\n        await asyncio.sleep(0)\n"
        "async def main():\n    await asyncio.gather(f(0), f(10))\nasyncio.run(main())\n", [0, 10, 1, 11],
        [(1, 1, 0), (2, 1, 0), (1, 2, 0), (2, 2, 0)]),
    Law("async for, async with, async comprehension", "import asyncio\nclass M:\n    async def __aenter__(self): return 1\n    async def __aexit__(self, *a): pass\n"
        "async def g():\n    yield 2\n    yield 3\nasync def f():\n    async with M() as «a»: pass\n    async for «b» in g(): pass\n    return [c async for «c» in g()]\n"
        "asyncio.run(f())\n", [(0, 1), (1, 2), (1, 3), (2, 2), (2, 3)]),
    Law("recursion", "def f(n):\n    «x» = n\n    if n: f(n - 1)\n    «x» = -n\nf(2)\n", [(0, 2), (0, 1), (0, 0), (1, 0), (1, -1), (1, -2)],
        [(1, 1, 0), (2, 1, 1), (3, 1, 2), (3, 1, 2), (2, 1, 1), (1, 1, 0)]),
    Law("mutual recursion", "def f(n):\n    «x» = n\n    if n: g(n - 1)\ndef g(n): f(n)\nf(2)\n", [2, 1, 0], [(1, 1, 0), (2, 1, 1), (3, 1, 2)]),
    Law("calls that end by an exception", "def f(n):\n    «x» = n\n    if n: raise ValueError\nfor i in (1, 1, 0):\n    try: f(i)\n    except ValueError: pass\n", [1, 1, 0],
        [(1, 1, 0), (2, 1, 0), (3, 1, 0)]),
    Law("exec with a file name", "def f():\n    «x» = 1\nf()\nexec(compile('f()', 'other.py', 'exec'))\n", [1, 1]),
    Law("tabs, wide characters, form feed", "\x0cdef f(ß, Ω='é𐍈'):\n\té = '𐍈'; «x» = ß; «Ω» = 1\nf(3)\n", [(0, 3), (1, 1)]),
    Law("column behind characters of two units", "def f():\n    s = '😀😀'; «x» = s; «y» = '😀' + «x»\nf()\n", [(0, "😀😀"), (2, "😀😀"), (1, "😀😀😀")]),
    Law("one statement over lines", "def f(a):\n    «x» = [\n        a,\n        «a» + 1,\n    ]\nf(1)\n", [(1, 1), (0, [1, 2])]),
    Law("many locals", "def f():\n" + "".join(f"    v{i} = {i}\n" for i in range(300)) + "    «v299» = «v298» + 5\nf()\n", [(1, 298), (0, 303)]),
    Law("semicolons and one-line bodies", "def f(): «x» = 1; «y» = 2\nf()\n", [(0, 1), (1, 2)]),
    Law("try, else, break", "def f():\n    while True:\n        try: «x» = 1\n        except ValueError: «x» = 2\n        else: «x» = 3\n        break\nf()\n", [(0, 1), (2, 3)]),
    Law("future import", "from __future__ import annotations\ndef f(x: Missing):\n    «y» = x\nf(1)\n", [1]),
    Law("conditional expression", "def f(c):\n    «x» = 1 if c else 2\nf(0); f(1)\n", [2, 1]),
    Law("assert and del", "def f(n):\n    «x» = n\n    assert x == n\n    del x\n    «x» = 2\nf(1)\n", [(0, 1), (1, 2)]),
]

CONDITIONS = [
    Law("local variables", "def f(n):\n    for i in range(n):\n        «x» = i * i\nf(6)\n", [4, 16], when="x % 2 == 0 and i > 0"),
    Law("module level", "LIMIT = 2\nfor i in range(5):\n    «x» = i\n", [3, 4], when="x > LIMIT"),
    Law("augmented: the value after the statement", "def f():\n    x = 0\n    for _ in range(4):\n        «x» += 2\nf()\n", [6, 8], when="x > 5"),
    Law("parameter", "def f(«x», y):\n    return x + y\nf(1, 2); f(3, 2)\n", [3], when="x > y"),
    Law("load", "def f(x):\n    while «x»: x -= 1\nf(3)\n", [2, 0], when="x % 2 == 0"),
    Law("attribute", "class C: pass\nc = C()\nfor i in range(4):\n    «c.gain» = i\n", [2, 3], when="c.gain > 1"),
    Law("item", "b = [0, 0]\nfor i in range(4):\n    «b[0]» = i\n", [0, 2, 3], when="b[0] == i != 1"),
    Law("closure and global", "LIMIT = 2\ndef g(k):\n    def f(n):\n        «x» = n\n        return k\n    return f\nf = g(3)\nfor n in range(6): f(n)\n", [3],
        when="LIMIT < x <= k"),
    Law("comprehension, with a variable of its function", "def f(k):\n    return [v for «v» in range(6)]\nf(3)\n", [4, 5], when="v > k"),
    Law("generator", "def f(k):\n    for i in range(4):\n        «x» = i\n        yield x\nlist(f(2))\n", [2, 3], when="x >= k"),
    Law("class body", "def f(k):\n    class C:\n        y = k\n        for i in range(3):\n            «x» = i\nf(1)\n", [2], when="x > y and x > k"),
    Law("private name", "class C:\n    def __init__(self):\n        self.__n = 2\n        for i in range(4):\n            «x» = i\nC()\n", [3], when="x > self.__n"),
    Law("recursion", "def f(n):\n    «x» = n\n    if n: f(n - 1)\nf(3)\n", [3, 1], [(1, 1, 0), (3, 1, 2)], when="n % 2"),
]

LAWS = [*STORES, *TARGETS, *LOADS, *PARAMETERS, *PLACES]
