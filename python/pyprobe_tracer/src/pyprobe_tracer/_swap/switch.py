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
from weakref import ref

if TYPE_CHECKING:
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


_NOP: Final = dis.opmap["NOP"]
_JUMP_FORWARD: Final = dis.opmap["JUMP_FORWARD"]
_VERSIONS_KEPT: Final = 8
"""Each probe that comes to a file makes new code for it. Older code that still runs goes on, with the test alone."""


class Switch(list[int]):
    """On when it holds something. A list, because swapped code tests it as a constant; hashable as all constants are."""

    __slots__ = ("_versions",)

    def __init__(self) -> None:
        super().__init__()
        self._versions: list[tuple[ref[CodeType], list[tuple[Any, int]]]] = []
        """Code that has sites of this switch in it, with the first word of each and the jump that stands there when it is off."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def on(self) -> None:
        self[:] = (1,)
        for known, words in self._versions:
            code = known()
            if code is not None:
                for word, _ in words:
                    word.value = _word(_NOP, 0)

    def off(self) -> None:
        self.clear()
        for known, words in self._versions:
            code = known()
            if code is not None:
                for word, jump in words:
                    word.value = jump
        if self:  # Another thread switched it on in between. On without its jumps is right, off with its test only slow.
            self.on()

    def lead(self, code: CodeType, words: list[tuple[Any, int]]) -> None:
        """Takes over the sites in new code."""
        versions = [(known, old) for known, old in self._versions if known() is not None]
        for known, old in versions[: 1 - _VERSIONS_KEPT]:
            older = known()
            if older is not None:
                for word, _ in old:
                    word.value = _word(_NOP, 0)
        self._versions = [*versions[1 - _VERSIONS_KEPT :], (ref(code), words)]
        if not self:
            self.off()


class Head(NamedTuple):
    """The NOP of a site."""

    switch: Switch
    offset: int
    distance: int
    """From behind the NOP to where the program goes on, in steps of a jump's argument."""


def connect(code: CodeType, heads: list[Head]) -> None:
    """Lets switches lead their sites in this code object. To be called once for each, when it is as it will run."""
    sites: dict[Switch, list[tuple[Any, int]]] = {}
    for switch, offset, distance in heads if Word is not None else ():
        word = _word_at(code, offset)
        if distance < 256 and word is not None:
            sites.setdefault(switch, []).append((word, _word(_JUMP_FORWARD, distance)))
    for switch, words in sites.items():
        switch.lead(code, words)


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
