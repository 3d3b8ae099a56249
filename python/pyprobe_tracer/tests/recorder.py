"""Runs a small program under a placer and records what its probes capture.

A program is text in which the probed names stand between « and »: `«x» = 1`. The first pair is probe 0. The recorder is a
`CaptureFn` like the agent's own: it takes the value as it is at the hit, and keeps a copy.
"""

from __future__ import annotations

import re
import struct
import sys
import types
from pathlib import Path
from typing import Any, Callable, NamedTuple

from pyprobe_tracer._agent.placer import open_placer
from pyprobe_tracer._hit.hits import TAGS, UNREADABLE, Anchor
from pyprobe_tracer._source.symbols import symbols_of_data

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
HAS_MONITORING = sys.version_info >= (3, 12)


class Hit(NamedTuple):
    probe: int
    value: Any
    thread: int
    task: int
    call: int
    depth: int
    hit: int


class Program:
    """A program in a file, with the anchors that its marks stand for."""

    def __init__(self, marked: str, path: Path) -> None:
        self.path = path
        self.source = re.sub("[«»]", "", marked)
        path.write_bytes(self.source.encode("utf-8"))
        self._symbols = symbols_of_data(str(path), self.source.encode("utf-8"))
        self.anchors = [self._anchor(line, column, symbol) for line, column, symbol in _marks(marked)]

    def _anchor(self, line: int, column: int, symbol: str) -> Anchor:
        found = self._symbols
        assert "error" not in found, found["error"]
        for one in found["symbols"]:
            if (one["line"], one["column"], one["symbol"]) == (line, column, symbol):
                return Anchor(str(self.path), line, column, symbol, one["function"], one["context"])
        raise AssertionError(f"no symbol {symbol} at {line}:{column}")


def _marks(marked: str) -> list[tuple[int, int, str]]:
    """Line, UTF-16 column and text of each marked name."""
    found = []
    for number, line in enumerate(marked.split("\n"), 1):
        for before, match in enumerate(re.finditer("«([^»]*)»", line)):
            column = len(line[: match.start()].encode("utf-16-le")) // 2 - 2 * before
            found.append((number, column, match.group(1)))
    return found


class Recorder:
    """A placer whose captures are kept."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.states: dict[str, list[tuple[str, str | None, str | None]]] = {}
        self.rests: set[int] = set()
        """Probes whose next hit asks for rest."""
        self.placer = open_placer(self._report)
        self._count = 0

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.placer.close()

    def add(self, anchor: Anchor) -> str:
        number = self._count
        self._count += 1
        probe_id = f"p{number + 1}"

        def capture(value: object, tags: bytes, hit: int) -> bool:
            self.hits.append(Hit(number, copied(value), *_unpacked(tags), hit))
            return number in self.rests

        self.placer.add(probe_id, number + 1, anchor, capture)
        return probe_id

    def add_all(self, program: Program) -> list[str]:
        return [self.add(anchor) for anchor in program.anchors]

    def state(self, probe_id: str) -> tuple[str, str | None, str | None]:
        return self.states[probe_id][-1]

    def values(self, probe: int | None = None) -> list[Any]:
        return [hit.value for hit in self.hits if probe is None or hit.probe == probe]

    def run(self, program: Program) -> types.ModuleType:
        """As the launcher does: compiled by the placer, run as a module."""
        code = self.placer.prepare(program.source.encode("utf-8"), str(program.path))
        module = types.ModuleType("program")
        module.__dict__["__file__"] = str(program.path)
        exec(code, module.__dict__)
        return module

    def _report(self, probe_id: str, state: str, code: str | None, message: str | None) -> None:
        self.states.setdefault(probe_id, []).append((state, code, message))


def _unpacked(tags: bytes) -> tuple[int, int, int, int]:
    assert len(tags) == 14
    thread, task, call, depth = struct.unpack(TAGS, tags)
    return thread, task, call, depth


def copied(value: object) -> object:
    """A value as it is now: plain data is copied, everything else told by its type."""
    kind = type(value)
    if value is UNREADABLE:
        return "unreadable"
    if kind in (int, float, complex, str, bytes, bool, type(None)):
        return value
    if kind is list:
        return [copied(item) for item in value]  # type: ignore[attr-defined]
    if kind is tuple:
        return tuple([copied(item) for item in value])  # type: ignore[attr-defined]
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}  # type: ignore[attr-defined]
    if kind.__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, BaseException):
        return f"{kind.__name__}{value.args!r}"
    return f"<{kind.__name__}>"


def load_plainly(program: Program) -> types.ModuleType:
    """Runs the program without any placer knowing."""
    module = types.ModuleType("program")
    module.__dict__["__file__"] = str(program.path)
    code: Callable[..., Any] = compile
    exec(code(program.source, str(program.path), "exec", dont_inherit=True), module.__dict__)
    return module
