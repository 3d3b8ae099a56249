# ruff: noqa: E501
"""Whole modules of the standard library with a probe on every name: the code keeps its lines, its handlers and its results."""

from __future__ import annotations

import dis
import importlib.util
import sys
import types
from bisect import bisect_right
from pathlib import Path
from typing import Any

import pytest

from recorder import HAS_MONITORING

if HAS_MONITORING:
    pytest.skip("CPython 3.12 and later swap no code", allow_module_level=True)

from pyprobe_tracer._agent.placer import open_placer
from pyprobe_tracer._hit.hits import Anchor
from pyprobe_tracer._place.anchors import walk_code
from pyprobe_tracer._place.bytecode import name_uses
from pyprobe_tracer._source.symbols import symbols_of_data
from pyprobe_tracer._swap.splice import Anatomy, Spliced, Stub

NOP = dis.opmap["NOP"]


def source_of(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


class Lines:
    """The line of each instruction."""

    def __init__(self, code: types.CodeType) -> None:
        starts = list(dis.findlinestarts(code))
        self._offsets = [offset for offset, _ in starts]
        self._lines = [line for _, line in starts]

    def at(self, offset: int) -> int:
        index = bisect_right(self._offsets, offset)
        return self._lines[index - 1] if index else 0


def stub(at: int, is_target: bool, size: int) -> Stub:
    return Stub(at, is_target, is_target, size, lambda address: bytes((NOP, 0)) * (size // 2))


@pytest.mark.parametrize("size", [2, 14, 400, 70_000])
@pytest.mark.parametrize("module", ["json.decoder", "contextlib", "asyncio.staggered"])
def test_lines_jumps_and_handlers_go_along(module: str, size: int) -> None:
    """Also when addresses outgrow their instructions."""
    path = source_of(module)
    for code in walk_code(compile(path.read_bytes(), str(path), "exec", dont_inherit=True)):
        anatomy = Anatomy(code)
        uses = list(name_uses(code, 0, len(code.co_code)))[:: 1 if size < 100 else 29]
        stubs = [stub(use.after, False, size) for use in uses if use.use == "load"]
        stubs += [stub(anatomy.start_of(use.offset), True, size) for use in uses if use.use == "store"]
        check(code, anatomy, anatomy.splice(stubs))


def check(code: types.CodeType, anatomy: Anatomy, spliced: Spliced) -> None:
    new = code.replace(**spliced.fields)
    moved = spliced.moved
    assert len(spliced.stubs) == len({address for _, address in spliced.stubs})
    before, after = Lines(code), Lines(new)
    for offset in range(0, len(code.co_code), 2):
        if code.co_code[offset] != dis.EXTENDED_ARG:
            start = anatomy.start_of(offset)
            there = moved.instruction(start) + offset - start
            assert new.co_code[there] == code.co_code[offset]
            assert after.at(there) == before.at(offset)
    changed = Anatomy(new)
    assert [jump.target for jump in changed.jumps] == [moved.label(jump.target) for jump in anatomy.jumps]
    handlers = [(moved.label(a), moved.label(b), moved.label(c), rest) for a, b, c, rest in anatomy.handlers]
    assert changed.handlers == handlers


WORK = {
    "json.encoder": "[module.py_encode_basestring('a\\u1234\"'), ''.join(module.JSONEncoder(indent=1).iterencode({'a': [1, {'b': 2.5}]}))]",
    "textwrap": "[module.fill('the quick brown fox ' * 9, 30), module.dedent('  a\\n    b')]",
    "difflib": "list(module.unified_diff('abcdefg', 'abxdeyg')) + module.get_close_matches('appel', ['ape', 'apple', 'peach'])",
    "fractions": "[module.Fraction('3/7') * module.Fraction(2, 5), round(module.Fraction(22, 7), 3), module.Fraction(1.25).limit_denominator(9)]",
    "_pydecimal": "[module.Decimal('1.23456789').sqrt(), module.Decimal(7) / 3, str(module.Decimal('1e-9').exp())]",
    "tokenize": "[tuple(one) for one in module.generate_tokens(iter(['def f(a):\\n', '    return [a, \"x\"]\\n']).__next__)]",
    "statistics": "[module.mean([1, 2.5, 9]), module.stdev([1, 2.5, 9]), module.quantiles(range(20))]",
    "heapq": "[module.nsmallest(3, [5, 1, 9, 2]), list(module.merge([1, 4], [2, 3]))]",
    "configparser": "(lambda c: (c.read_string('[a]\\nx = 1\\ny = %(x)s2\\n'), dict(c['a']))[1])(module.ConfigParser())",
    "ast": "[module.dump(module.parse('x = [a for a in b if a]')), module.literal_eval('{1: (2, [3])}')]",
    "dataclasses": "repr(module.make_dataclass('C', [('x', int), ('y', int, 5)], order=True)(3))",
}


@pytest.mark.parametrize("module", sorted(WORK))
def test_a_probe_on_every_name_changes_nothing(module: str, tmp_path: Path) -> None:
    path = tmp_path / (module.rpartition(".")[2] + ".py")
    source = source_of(module).read_bytes()
    path.write_bytes(source)
    expected = work(module, compile(source, str(path), "exec", dont_inherit=True), path)
    states: dict[str, tuple[Any, ...]] = {}
    hits = []

    def capture(value: object, tags: bytes, hit: int) -> bool:
        hits.append(hit)
        return False

    placer = open_placer(lambda probe, *state: states.update({probe: state}))
    try:
        names = [one for one in symbols_of_data(str(path), source)["symbols"] if "reason" not in one]
        for number, one in enumerate(names, 1):
            anchor = Anchor(str(path), one["line"], one["column"], one["symbol"], one["function"], one["context"])
            placer.add(f"p{number}", number, anchor, capture)
        code = placer.prepare(source, str(path))
        assert work(module, code, path) == expected
        assert len(hits) > 50
        failed = {probe: state for probe, state in states.items() if state[0] == "failed" and state[1] != "optimized_away"}
        assert not failed
        for number in range(1, len(names) + 1):
            placer.rest(f"p{number}")
        hits.clear()
        assert work(module, code, path) == expected
        assert hits == []
    finally:
        placer.close()


def work(module: str, code: types.CodeType, path: Path) -> str:
    made = types.ModuleType(module)
    made.__dict__.update(__file__=str(path), __package__=module.rpartition(".")[0])
    before = sys.modules.get(module)
    sys.modules[module] = made
    try:
        exec(code, made.__dict__)
        return repr(eval(WORK[module], {"module": made}))
    finally:
        if before is not None:
            sys.modules[module] = before
        else:
            del sys.modules[module]
