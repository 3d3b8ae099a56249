"""Mode when: a condition is Python's own expression, evaluated without running a line of the program."""

from __future__ import annotations

import collections
import enum
import math
import sys
import time
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyprobe_tracer._condition.condition import Condition
from pyprobe_tracer._condition.syntax import parse
from pyprobe_tracer._condition.text import ConditionError
from pyprobe_tracer._hit.hits import Anchor
from pyprobe_tracer._hit.rehearsal import PACE_HITS
from pyprobe_tracer._value.bytes import SkipError
from ring_values import TAGS, Scope


def condition(expression: str, symbol: str = "x", function: str = "f") -> Condition:
    return Condition(expression, Anchor("/a/radio.py", 12, 0, symbol, function, "store"))


def outcome(expression: str, x: object = None, **variables: Any) -> bool | str:
    """True, False, or why it cannot be evaluated: at a hit in a function that has these variables."""
    made = condition(expression)
    names = ", ".join(variables)
    program = f"def f({names}):\n    return check()\n"
    space: dict[str, Any] = {"check": partial(made.require, x)}
    exec(compile(program, "/a/radio.py", "exec"), space)
    try:
        space["f"](**variables)
    except SkipError as skip:
        if skip.reason == "condition_false":
            return False
        assert skip.reason == "condition_unreadable"
        assert made.cause is not None
        prefix = f'Cannot evaluate "{expression}" at radio.py:12: '
        assert made.cause.startswith(prefix)
        return made.cause[len(prefix) :]
    return True


class Plain:
    def __init__(self) -> None:
        self.gain = 0.5
        self.inner = {"rates": [1, 2, 3]}


class Slotted:
    __slots__ = ("gain",)

    def __init__(self) -> None:
        self.gain = 7


class Color(enum.Enum):
    RED = 1
    GREEN = 2


Point = collections.namedtuple("Point", "row column")
PLAIN = Plain()
RED = Color.RED

TRUE = [
    ("x > 3", 4),
    ("3 < x <= 4", 4),
    ("abs(x) > 3", -4.5),
    ("x == 'lock' and not x.startswith('un')", "lock"),
    ("x[-1] == 0", b"ab\0"),
    ("x is None", None),
    ("x is not None or x > 3", 1),
    ("x % 2 == 0 and x // 2 == 5 and x ** 2 == 100", 10),
    ("x & 6 == 2 or x >> 1 == 5", 10),
    ("-x + 1 == ~x + 2", 5),
    ("x.real > 0 > x.imag", 1 - 1j),
    ("x in (1, 2, 3)", 2),
    ("x in {'a', 'b'}", "b"),
    ("x not in [1, 2]", 3),
    ("'b' in x", "abc"),
    ("len(x) == 3 and x[0] == 1 and x[-1] == 3 and x[1:] == [2, 3]", [1, 2, 3]),
    ("x['a'][0] == 1", {"a": (1, 2)}),
    ("2 in x and 'a' in x and 5 not in x", {2: 0, "a": 1}),
    ("len(x) == 2 and x == same", {1, 2}),
    ("max(x) > 2 and min(x) == 1 and sum(x) == 6 and mean(x) == 2", [1, 2, 3]),
    ("max(x, 3) == 3", 2),
    ("std(x) > 0.8", [1.0, 2.0, 3.0]),
    ("any(x) and not all(x)", [0, 1]),
    ("isnan(x)", math.nan),
    ("math.isinf(x) and x == math.inf", math.inf),
    ("isfinite(x) and round(x, 1) == 3.1 and x < np.pi", 3.14),
    ("x.gain == 0.5 and x.inner['rates'][2] == 3", PLAIN),
    ("x.gain == 7", Slotted()),
    ("x.row == 1 and x[1] == 2", Point(1, 2)),
    ("type(x).__name__ == 'Plain'", PLAIN),
    ("x == red and x is red", RED),
    ("x if x else False", [1]),
    ("not x", ()),
    ("x", PLAIN),
    ("x[-1] == 3 and len(x) == 2", collections.deque([1, 3])),
    ("x[0] == 5 and 7 in x", range(5, 9)),
    ("x['k'] == 1", collections.OrderedDict(k=1)),
    ("x['k'] == 1", collections.defaultdict(int, k=1)),
    ("x == (1, (2, 'a'))", (1, (2, "a"))),
    ("bool(x) and int(x) == 2 and float(x) == 2.5", 2.5),
]


@pytest.mark.parametrize(("expression", "value"), TRUE, ids=[text for text, _ in TRUE])
def test_what_is_true_in_python_is_true(expression: str, value: object) -> None:
    assert outcome(expression, value, red=RED, same={2, 1}) is True
    assert outcome(f"not ({expression})", value, red=RED, same={2, 1}) is False


def test_variables_of_the_frame() -> None:
    assert outcome("x > limit", 3, limit=2) is True
    assert outcome("x > limit", 1, limit=2) is False
    assert outcome("x > limit", 1) == 'the name "limit" is not defined here'


def test_the_captured_value_is_what_stands_at_the_hit() -> None:
    made = condition("self.gain > 3 and self.gain < 9", symbol="self.gain")
    made.require(5)
    with pytest.raises(SkipError, match="condition_false"):
        made.require(1)


def test_closure_comprehension_and_class_variables() -> None:
    seen: list[str] = []
    made = condition("x > outer and local > 0")

    space: dict[str, Any] = {"require": made.require, "seen": seen, "SkipError": SkipError}
    program = (
        "def f(outer):\n"
        "    def g(local):\n"
        "        require(outer + 1); seen.append('function')\n"
        "        [require(v) or seen.append('comprehension') for v in (outer + 1, outer + 2)]\n"
        "        class C:\n"
        "            require(outer + 1)\n"
        "    return g\n"
        "try:\n"
        "    f(2)(1)\n"
        "except SkipError as skip:\n"
        "    seen.append(skip.reason)\n"
    )
    exec(compile(program, "/a/radio.py", "exec"), space)
    # In a class body only what it uses of the function around it is there.
    assert seen == ["function", "comprehension", "comprehension", "condition_unreadable"]
    assert made.cause is not None and made.cause.endswith('"local" is not defined here')


def test_nothing_that_the_program_deletes_is_kept_alive() -> None:
    class Large:
        pass

    made = condition("x == 1 and large is not None")

    def f() -> int:
        large = Large()
        made.require(1)
        before = sys.getrefcount(large)
        made.require(1)
        return sys.getrefcount(large) - before

    assert f() == 0


REFUSED = [
    ("", 0, "the condition is empty"),
    ("x >", 0, "something is missing at its end"),
    ("x > 3 and", 0, "something is missing at its end"),
    ("  größe > ", 0, "something is missing at its end"),
    ("x = 3", 0, ""),
    ("  größe > len()", 10, "this function takes one value"),
    ("x := 3", 0, ""),
    ("(y := x) > 3", 1, "a condition cannot set variables (for a comparison say ==)"),
    ("[v for v in x]", 0, "a condition has no loops (compare an array as a whole: any(x > 3))"),
    ("any(v > 3 for v in x)", 3, "a condition has no loops (compare an array as a whole: any(x > 3))"),
    ("x.update()", 0, ".update(…) cannot be called in a condition, which runs no code of the program"),
    ("f'{x}'", 0, "a formatted text cannot stand in a condition"),
    ("x @ x", 0, "matrices cannot be multiplied in a condition"),
    (
        "x > 3 and open('/etc/passwd')",
        10,
        "open(…) cannot be called in a condition, which runs no code of the program (there are ",
    ),
    ("max(x, key=len)", 0, "arguments in a condition have no names"),
    ("x[0](1)", 0, "only functions by their name can be called in a condition"),
    ("x == '\\d'", 0, ""),
    ("x is 1\nand 2", 0, ""),
    ("(" * 120 + "x" + ")" * 120 + " > 1" * 2, 0, ""),
    ("x + " * 130 + "1", 500, "a condition has 500 characters at most"),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED, ids=[text[:20] for text, _, _ in REFUSED])
def test_what_is_no_condition_is_refused_with_its_place(text: str, column: int, message: str) -> None:
    if text.startswith("((("):  # the parser's own bound, or ours: never a crash
        try:
            parse(text)
        except ConditionError as error:
            assert error.message
        return
    with pytest.raises(ConditionError) as refused:
        parse(text)
    assert refused.value.end_column > refused.value.column >= 0
    if message:
        assert refused.value.message.startswith(message)
        assert refused.value.column == column


def test_parsing_prints_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    for text in (
        "x is 1",
        "x == '\\d'",
        "1if x else 2",
        "0x1for x",
        "1.5or x",
        "x == b'\\N'",
        "x == '\\477'",
        "'a' (3)",
        "x == '\\n'",
        "x1or",
    ):
        try:
            parse(text)
        except ConditionError:
            continue
    assert len(recwarn) == 0


def hostile_values(ran: list[str]) -> dict[str, Any]:
    """Values that tell whatever asks them anything."""

    def never(*_: object, **__: object) -> Any:
        ran.append("the program's own code")
        raise SystemExit("the program's own code ran")

    asked = "eq ne lt gt le ge bool len iter contains getitem add radd mul rmul abs neg float int index round complex call array"
    special = {f"__{name}__": never for name in [*asked.split(), "getattr", "repr", "str", "format"]}
    listed = {f"__{name}__": never for name in ("len", "getitem", "iter", "eq", "contains", "bool")}
    number = {f"__{name}__": never for name in ("eq", "lt", "gt", "bool", "add", "radd", "index", "float")}
    of_key = {"__hash__": lambda self: hash("key"), "gain": property(never)}
    meta = type("Meta", (type,), {"__eq__": never, "__hash__": never, "__getattr__": never, "__instancecheck__": never})
    return {
        "object": type("Hostile", (), {**special, **of_key})(),
        "of a hostile type": type.__call__(meta, "Hostile", (), {})(),
        "int": type("HostileInt", (int,), {**number, "__hash__": int.__hash__})(3),
        "list": type("HostileList", (list,), listed)([1]),
    }


HOSTILE_EXPRESSIONS = [
    *("x", "not x", "x and 1", "x == 1", "1 == x", "x != None", "x > 1", "1 < x", "x in (1, 2)", "1 in x", "x in x"),
    *("x + 1", "1 + x", "-x", "abs(x)", "len(x)", "x.gain", "x.gain > 1", "x.other", "x[0]", "x['key']", "max(x)", "max(x, 1)"),
    *("any(x)", "all(x)", "sum(x)", "round(x)", "int(x)", "float(x)", "isnan(x)", "x.max()", "x.startswith('a')", "bool(x)"),
    *("held == [x]", "held[0] == 1", "1 in held", "any(held)", "max(held)", "held == [1]", "table['key']", "'key' in table"),
    *("x if x else 1", "1 < x < 2", "numbers[x]", "numbers[x:]", "x == x", "type(x) == 1", "table == table", "group == group"),
    *("'key' in group", "x in group", "x == red", "red == x", "f(x)"),
]


@pytest.mark.parametrize("which", ["object", "of a hostile type", "int", "list"])
def test_nothing_of_the_program_runs(which: str) -> None:
    ran: list[str] = []
    value = hostile_values(ran)[which]
    is_key = which == "object"
    variables: dict[str, Any] = {"held": [value, 1], "numbers": [1, 2], "red": RED}
    variables["table"] = {value: 1, "other": 2} if is_key else {"held": value}
    variables["group"] = {value} if is_key else {1}
    for expression in HOSTILE_EXPRESSIONS:
        try:
            outcome(expression, value, **variables)
        except ConditionError:
            continue
    assert ran == []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_expression_over_any_value_ends_soon(data: st.DataObject) -> None:
    """Whatever is composed, it is refused, or it says true, false or why not: it does not run the program and does not hang."""
    leaf = st.sampled_from(["x", "y", "1", "2.5", "'a'", "None", "x.gain", "y[0]", "10**9", "(1, 2)"])
    pair = ["{} + {}", "{} ** {}", "{} << {}", "{} * {}", "{} == {}", "{} < {}", "{} in {}", "{} and {}", "{}[{}]", "max({}, {})"]
    text = data.draw(
        st.recursive(
            leaf,
            lambda inner: st.builds(lambda form, a, b: f"({form.format(a, b)})", st.sampled_from(pair), inner, inner),
            max_leaves=12,
        )
    )
    ran: list[str] = []
    plain = [0, -1, 10**30, 1.5, float("nan"), "abc", b"x", None, [1, 2], {"a": 1}, PLAIN]
    every = [*plain, *hostile_values(ran).values()]
    x, y = (every[data.draw(st.integers(0, len(every) - 1))] for _ in range(2))
    started = time.process_time()
    try:
        outcome(text, x, y=y)
    except ConditionError:
        pass
    assert ran == []
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    "expression", ["x ** x ** x", "x << x", "'a' * x", "[1] * x", "x ** 100000", "(x ** 9000) ** 9000", "10 ** x ** x > 1"]
)
def test_what_would_hold_the_program_up_is_not_done(expression: str) -> None:
    started = time.process_time()
    assert isinstance(outcome(expression, 10**9), str)
    assert time.process_time() - started < 0.5


def test_long_containers_are_not_walked() -> None:
    assert outcome("1 in x", list(range(20_000))) == "20,000 items are more than one condition may look at (10,000)"
    assert outcome("x['a'] == 1", dict.fromkeys(range(20_000))) == "20,000 keys are more than one condition may look at (10,000)"
    assert outcome("len(x) == 20000", list(range(20_000))) is True
    assert outcome("x[19999] == 19999", list(range(20_000))) is True


NUMPY = [
    ("abs(x).max() > 2 and x.mean() < 0", True),
    ("np.any(x > 1)", False),
    ("any(x < -2) and all(x < 1)", True),
    ("x[0] == -3 and x.shape == (4,) and x.size == 4 and len(x) == 4", True),
    ("x[1:][x[1:] > -2].sum() == -1", True),
    ("std(x) > 1 and min(x) == -3.0 == x[0]", True),
    ("isnan(x / 0).any()", True),
    ("x > 1", "an array has no truth value of its own (say any(…) or all(…))"),
    ("mean(x[:0]) == 0", "mean(…) of an empty array has no value"),
    ("any(x == grid)", "arrays of the shapes (4,) and (2, 3) do not go together"),
    ("gain == 0.5 and gain + 1 > 1 and level > 200 and level + 100 == 350", True),
    ("phase.imag > 0 and flag", True),
    ("-1.0 in x and 5 not in x", True),
    ("words[0] == 'a'", "an array of <U1 holds no numbers"),
    ("large.max() > 0", "an array of 2,000,000 elements is too large for a condition (1,048,576)"),
]


@pytest.mark.parametrize(("expression", "expected"), NUMPY, ids=[text for text, _ in NUMPY])
def test_arrays(expression: str, expected: object, recwarn: pytest.WarningsRecorder) -> None:
    numpy = pytest.importorskip("numpy")
    variables = {"gain": numpy.float32(0.5), "level": numpy.uint8(250), "phase": numpy.complex64(1j), "flag": numpy.bool_(True)}
    arrays = {"grid": numpy.zeros((2, 3)), "words": numpy.array(["a"]), "large": numpy.zeros(2_000_000)}
    assert outcome(expression, numpy.array([-3.0, -2.0, -1.0, 0.0]), **variables, **arrays) == expected
    assert len(recwarn) == 0


def test_an_error_that_numpy_raises_is_a_cause() -> None:
    numpy = pytest.importorskip("numpy")
    reason = outcome("x[9] > 1", numpy.zeros(3))
    assert reason == "index 9 is out of bounds for axis 0 with size 3"


def test_classes_of_the_program_that_derive_from_arrays_are_not_asked() -> None:
    numpy = pytest.importorskip("numpy")
    ran: list[str] = []
    special = {f"__{name}__": lambda *_: ran.append("code") for name in ("gt", "array_ufunc", "abs", "len", "getitem")}
    own = type("Own", (numpy.ndarray,), special)
    value = numpy.zeros(3).view(own)
    for expression in ("x > 1", "abs(x)", "len(x)", "x[0]", "max(x)", "x.max()", "numpy_array > x"):
        assert isinstance(outcome(expression, value, numpy_array=numpy.zeros(3)), str)
    assert ran == []


def test_a_cause_is_told_once_and_in_words() -> None:
    made = condition("x / 0 > 1 and x")
    for value in (1, "text"):
        with pytest.raises(SkipError, match="condition_unreadable"):
            made.require(value)
    assert made.cause == 'Cannot evaluate "x / 0 > 1 and x" at radio.py:12: division by zero'


def test_what_a_signal_handler_raises_is_the_programs() -> None:
    made = condition("x == 1")

    def interrupted(_: object) -> bool:
        raise ValueError("from a handler")

    made._truth = interrupted
    with pytest.raises(ValueError, match="from a handler"):
        made.require(1)


def test_private_names_of_the_class() -> None:
    class Box:
        def __init__(self) -> None:
            self.__depth = 3

    made = condition("b.__depth == 3", symbol="y", function="Outer.Box.f")
    exec(compile("def f(b):\n    check()\n", "/a/radio.py", "exec"), space := {"check": partial(made.require, 0)})
    space["f"](Box())


def test_modes_and_counts() -> None:
    scope = Scope()
    capture, meter = scope.probe({"kind": "when", "expression": "x > 2", "every": True})
    for i in range(5):
        assert capture(i, TAGS, i + 1) is False
    capture(None, TAGS, 6)
    assert [(record.value, record.hit) for record in scope.read()] == [(3, 4), (4, 5)]
    assert {reason: hits for reason, hits in meter.skips.items() if hits} == {"condition_false": 3, "condition_unreadable": 1}


def test_a_condition_keeps_to_the_budget() -> None:
    scope = Scope()
    capture, meter = scope.probe({"kind": "when", "expression": "x < 0", "every": False})
    hits = 0
    while not capture(1.0, TAGS, 1):
        hits += 1
    assert meter.skips["condition_false"] > 10
    # The last ones before the rest are only counted, to tell how many it misses.
    assert hits + 1 == meter.skips["condition_false"] + meter.skips["budget"]
    assert meter.skips["budget"] == PACE_HITS


def test_a_secret_stays_one() -> None:
    scope = Scope()
    capture, _ = scope.probe({"kind": "when", "expression": "x == 'hush'", "every": True}, secret=True)
    capture("hush", TAGS, 1)
    (record,) = scope.read()
    assert record.value == (3, "•••")
