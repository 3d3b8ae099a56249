"""The switch of a place in swapped code, and the jump that passes its sites over while it is off (CPython 3.9 to 3.11).

A site begins with a NOP and tests the switch, which costs as much as a quarter of a line. While the switch is off, the NOP
is therefore overwritten, in the compiled code itself, by a jump to where the test would go. This is one aligned store of two
bytes under the GIL: a thread runs the one or the other. No instruction sits across the two bytes, because the interpreter
joins neither a NOP nor a jump with its neighbour. Where the store cannot be made (no `_ctypes`, a target out of reach, a
layout that is not the expected one), the test alone decides, with the same result.
"""

from __future__ import annotations

import dis
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any, Final

try:
    # Not `ctypes`, whose import makes callbacks and opens libraries.
    from _ctypes import _SimpleCData
except ImportError:
    Word: Any = None
else:

    class Word(_SimpleCData):  # type: ignore[no-redef, type-arg]
        """One instruction: an opcode and its argument."""

        _type_ = "H"


_EXTENDED_ARG: Final = dis.EXTENDED_ARG
_NOP: Final = dis.opmap["NOP"]
_JUMP_FORWARD: Final = dis.opmap["JUMP_FORWARD"]
_LOAD_CONST: Final = dis.opmap["LOAD_CONST"]
_TESTS: Final = frozenset(
    dis.opmap[name]
    for name in ("POP_JUMP_IF_FALSE", "POP_JUMP_FORWARD_IF_FALSE", "POP_JUMP_BACKWARD_IF_FALSE")
    if name in dis.opmap
)
_JUMPS_BACK: Final = frozenset(dis.opmap[name] for name in ("JUMP_ABSOLUTE", "JUMP_BACKWARD") if name in dis.opmap)
_BACKWARD: Final = frozenset(op for name, op in dis.opmap.items() if "JUMP_BACKWARD" in name)
_VERSIONS_KEPT: Final = 8
"""Each probe that comes to a file makes new code for it. Older code that still runs goes on, with the test alone."""


class Instruction(NamedTuple):
    start: int
    """Where its EXTENDED_ARGs begin."""
    offset: int
    op: int
    arg: int


class Switch(list[int]):
    """On when it holds something. A list, because swapped code tests it as a constant; hashable as all constants are."""

    __slots__ = ("_versions",)

    def __init__(self) -> None:
        super().__init__()
        self._versions: list[tuple[CodeType, list[tuple[Any, int]]]] = []
        """Code to keep, with the first words of this switch's sites in it and the jumps that stand there when it is off."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def on(self) -> None:
        self[:] = (1,)
        for _, words in self._versions:
            for word, _ in words:
                word.value = _word(_NOP, 0)

    def off(self) -> None:
        self.clear()
        for _, words in self._versions:
            for word, jump in words:
                word.value = jump
        if self:  # Another thread switched it on in between. On without its jumps is right, off with its test only slow.
            self.on()

    def lead(self, code: CodeType, words: list[tuple[Any, int]]) -> None:
        """Takes over the sites in new code."""
        versions = self._versions
        for _, old in versions[: 1 - _VERSIONS_KEPT]:
            for word, _ in old:
                word.value = _word(_NOP, 0)
        self._versions = [*versions[1 - _VERSIONS_KEPT :], (code, words)]
        if not self:
            self.off()


def connect(code: CodeType) -> None:
    """Lets the switches among the constants lead their sites in this code object (not in the ones nested in it). To be called
    once for each code object, when it is as it will run."""
    sites: dict[Switch, list[tuple[Any, int]]] = {}
    if Word is None or not any(type(const) is Switch for const in code.co_consts):
        return
    found = list(instructions(code.co_code))
    for head, load, test, jump in zip(found, found[1:], found[2:], found[3:]):
        if (head.op, test.op) != (_NOP, _NOP) or load.op != _LOAD_CONST or jump.op not in _TESTS:
            continue
        switch = code.co_consts[load.arg]
        target = _reachable(found, jump)
        if type(switch) is not Switch or target is None:
            continue
        # EXTENDED_ARGs that the head once had are NOPs of their own now, and run before it.
        distance = (target - head.offset - 2) // _BYTES_PER_STEP
        word = _word_at(code, head.offset)
        if distance < 256 and word is not None:
            sites.setdefault(switch, []).append((word, _word(_JUMP_FORWARD, distance)))
    for switch, words in sites.items():
        switch.lead(code, words)


def instructions(bytecode: bytes) -> Iterator[Instruction]:
    start = arg = 0
    for offset in range(0, len(bytecode), 2):
        op = bytecode[offset]
        arg = arg << 8 | bytecode[offset + 1]
        if op != _EXTENDED_ARG:
            yield Instruction(start, offset, op, arg)
            start, arg = offset + 2, 0


_BYTES_PER_STEP: Final = 2 if sys.version_info >= (3, 10) else 1


def _reachable(found: list[Instruction], jump: Instruction) -> int | None:
    """Where a jump forward leads to the same as this one. The compiler lets a test at the end of a loop jump to its start:
    then it is the loop's own jump, which follows and which looks at signals as every loop does."""
    target = _target(jump)
    if target > jump.offset:
        return target
    return next(
        (one.start for one in found if one.offset > jump.offset and one.op in _JUMPS_BACK and _target(one) == target), None
    )


def _target(jump: Instruction) -> int:
    if sys.version_info < (3, 11):
        return jump.arg * _BYTES_PER_STEP
    return jump.offset + 2 + 2 * (-jump.arg if jump.op in _BACKWARD else jump.arg)


def _word(op: int, arg: int) -> int:
    return int.from_bytes(bytes((op, arg)), sys.byteorder)


def _word_at(code: CodeType, offset: int) -> Any:
    """The instruction itself, in the memory of the interpreter; None where it is not where it should be. Both addresses are
    inside of an object that is alive, whatever its layout."""
    if sys.version_info >= (3, 11):
        address = id(code) + type(code).__basicsize__ + offset
    else:
        address = id(code.co_code) + bytes.__basicsize__ - 1 + offset
    word = Word.from_address(address)
    return word if word.value == _word(_NOP, 0) else None
