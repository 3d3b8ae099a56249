"""The instructions that a probe puts into code (CPython 3.9 to 3.11): a test of its switch, and a call of its hook.

A stub begins with a NOP, which `switch.py` makes a jump over the stub while the probe rests. What it leaves on the stack is
what it found there.

- A variable of a function is read again just after it was stored: that leaves alone how the interpreter appends to a text in
  place (`s += x`), which wants the store right behind the addition.
- What is stored under a name in a namespace, and what is loaded, is on the stack: it is handed to the hook from there, because
  to read it again could run the program's code.
- For an attribute or item, the store happens within the stub, which keeps what it needs to look at the result.
"""

from __future__ import annotations

import dis
import sys
from typing import TYPE_CHECKING, NamedTuple

from .splice import UNIT, Stub
from .switch import Head

if TYPE_CHECKING:
    from types import CodeType
    from typing import Final

    from .splice import Anatomy
    from .switch import Switch

MORE_STACK: Final = 6
SKIP_BYTES: Final = 4
_OPS: Final = dis.opmap
_HAS_CACHES: Final = sys.version_info >= (3, 11)
_CACHES: Final = {"UNPACK_SEQUENCE": 1, "PRECALL": 1, "CALL": 4, "STORE_ATTR": 4, "STORE_SUBSCR": 1} if _HAS_CACHES else {}
_IF_FALSE: Final = "POP_JUMP_FORWARD_IF_FALSE" if _HAS_CACHES else "POP_JUMP_IF_FALSE"
_ADDITIONS: Final = frozenset(_OPS[name] for name in ("BINARY_ADD", "INPLACE_ADD", "BINARY_OP") if name in _OPS)
_STORE_NAME: Final = _OPS["STORE_NAME"]


class Writer:
    """Writes the instructions of a stub. Jumps to absolute addresses, which are known last, get room for any."""

    def __init__(self, known: int, consts: list[object], address_prefixes: int) -> None:
        self.consts = consts
        """What the code object gets in addition to the constants that it has (`known`)."""
        self._known = known
        self.heads: list[Head] = []
        """Offsets are from the stub's begin."""
        self._code = bytearray()
        self._prefixes = address_prefixes
        self._jumps: list[tuple[int, int]] = []
        """Where a test's jump stands, and where it goes; from the stub's begin."""

    def op(self, name: str, arg: int = 0) -> None:
        for shift in (24, 16, 8):
            if arg >> shift:
                self._code += bytes((dis.EXTENDED_ARG, arg >> shift & 255))
        self._code += bytes((_OPS[name], arg & 255)) + bytes(2 * _CACHES.get(name, 0))

    def const(self, value: object) -> None:
        """Equal values are not the same: what is switched and called goes by identity."""
        index = next((index for index, known in enumerate(self.consts) if known is value), None)
        if index is None:
            index = len(self.consts)
            self.consts.append(value)
        self.op("LOAD_CONST", self._known + index)

    def guarded(self, switch: Switch, body: Writer) -> None:
        """The body, passed over when the switch is off."""
        head = len(self._code)
        self.op("NOP")
        self.const(switch)
        at = len(self._code) + 2 * self._prefixes
        self._code += bytes((dis.EXTENDED_ARG, 0)) * self._prefixes + bytes((_OPS[_IF_FALSE], 0))
        self._code += body._code
        self._jumps.append((at, len(self._code)))
        self.heads.append(Head(switch, head, (len(self._code) - head - 2) // UNIT))

    def within(self) -> Writer:
        return Writer(self._known, self.consts, self._prefixes)

    def skip(self, size: int) -> None:
        """A jump over what follows, always of the same length."""
        arg = size // UNIT
        self._code += bytes((dis.EXTENDED_ARG, arg >> 8 & 255, _OPS["JUMP_FORWARD"], arg & 255))

    @property
    def size(self) -> int:
        return len(self._code)

    def make(self, address: int) -> bytes:
        code = bytearray(self._code)
        for at, target in self._jumps:
            arg = (target - at - 2) // UNIT if _HAS_CACHES else (address + target) // UNIT
            for place in range(at, at - 2 * self._prefixes - 2, -2):
                code[place + 1] = arg & 255
                arg >>= 8
        return bytes(code)


class Entry(NamedTuple):
    """A hook at the begin of a function's calls."""

    switch: Switch
    hook: object
    load: tuple[str, int] | None
    """The instruction that puts a parameter on the stack."""


class Use(NamedTuple):
    """A hook at an instruction that stores or loads."""

    switch: Switch
    hook: object
    offset: int
    after: int


def entry_stub(anatomy: Anatomy, writer: Writer, entries: list[Entry]) -> Stub:
    for entry in entries:
        body = writer.within()
        _begin_call(body, entry.hook)
        if entry.load is not None:
            body.op(*entry.load)
        _end_call(body, 0 if entry.load is None else 1)
        writer.guarded(entry.switch, body)
    return Stub(_entry_offset(anatomy.bytecode), True, False, writer.size, writer.make)


def use_stub(anatomy: Anatomy, writer: Writer, use: Use) -> Stub:
    """For all but attributes and items."""
    code = anatomy.bytecode
    op = code[use.offset]
    name = dis.opname[op]
    body = writer.within()
    is_before = False
    if name in ("STORE_FAST", "STORE_DEREF") or (op == _STORE_NAME and _is_behind_addition(anatomy, use.offset)):
        _begin_call(body, use.hook)
        body.op(name.replace("STORE", "LOAD"), _argument(anatomy, use.offset))
        _end_call(body, 1)
    else:
        is_before = name.startswith("STORE")
        _call_with_top(body, use.hook)
    writer.guarded(use.switch, body)
    at = anatomy.start_of(use.offset) if is_before else use.after
    return Stub(at, is_before, is_before, writer.size, writer.make)


def target_stub(anatomy: Anatomy, writer: Writer, uses: list[Use]) -> Stub:
    """For all probes on one attribute or item: the first whose switch is on makes the store, and calls the hooks of all, which
    ask their own switches."""
    first = uses[0]
    start = anatomy.start_of(first.offset)
    name = dis.opname[anatomy.bytecode[first.offset]]
    count = 2 if name == "STORE_ATTR" else 3
    bodies = []
    for _ in uses:
        body = writer.within()
        _store_and_keep(body, name, _argument(anatomy, first.offset), count)
        for use in uses:
            _call_with_top(body, use.hook)
        body.op("POP_TOP")
        bodies.append(body)
    _chain(writer, uses, bodies, first.after - start)
    return Stub(start, True, True, writer.size, writer.make)


def _chain(writer: Writer, uses: list[Use], bodies: list[Writer], store_bytes: int) -> None:
    """Each body ends with a jump over the bodies behind it and over the program's own store."""
    sizes = []
    for use, body in zip(uses, bodies):
        trial = writer.within()
        trial.guarded(use.switch, body)
        sizes.append(trial.size + SKIP_BYTES)
    for index, (use, body) in enumerate(zip(uses, bodies)):
        body.skip(sum(sizes[index + 1 :]) + store_bytes)
        writer.guarded(use.switch, body)


def _store_and_keep(body: Writer, name: str, arg: int, count: int) -> None:
    """From value, object (and key) on the stack to a tuple of them, with the store done."""
    body.op("BUILD_TUPLE", count)
    body.op("COPY", 1) if _HAS_CACHES else body.op("DUP_TOP")
    body.op("UNPACK_SEQUENCE", count)  # the first is on top now
    if _HAS_CACHES:
        body.op("SWAP", count)
    else:
        if count == 3:
            body.op("ROT_THREE")
        body.op("ROT_TWO")
    body.op(name, arg)


def _call_with_top(body: Writer, hook: object) -> None:
    """Calls the hook with what is on top of the stack, and leaves that there."""
    if _HAS_CACHES:
        body.op("PUSH_NULL")
        body.const(hook)
        body.op("COPY", 3)
    else:
        body.op("DUP_TOP")
        body.const(hook)
        body.op("ROT_TWO")
    _end_call(body, 1)


def address_prefixes(code: CodeType, more: int) -> int:
    """How many EXTENDED_ARGs an address in the code needs at most once it has grown by so much."""
    if _HAS_CACHES:
        return 1
    largest = (2 * len(code.co_code) + more) // UNIT
    return 0 if largest < 1 << 8 else 1 if largest < 1 << 16 else 2


def _begin_call(body: Writer, hook: object) -> None:
    if _HAS_CACHES:
        body.op("PUSH_NULL")
    body.const(hook)


def _end_call(body: Writer, count: int) -> None:
    if _HAS_CACHES:
        body.op("PRECALL", count)
        body.op("CALL", count)
    else:
        body.op("CALL_FUNCTION", count)
    body.op("POP_TOP")


def _argument(anatomy: Anatomy, offset: int) -> int:
    arg = 0
    for place in range(anatomy.start_of(offset), offset + 2, 2):
        arg = arg << 8 | anatomy.bytecode[place + 1]
    return arg


def _is_behind_addition(anatomy: Anatomy, offset: int) -> bool:
    before = anatomy.start_of(offset) - 2
    while before > 0 and anatomy.bytecode[before] == 0:
        before -= 2
    return before >= 0 and anatomy.bytecode[before] in _ADDITIONS


def _entry_offset(bytecode: bytes) -> int:
    """Behind what the interpreter itself does first."""
    if sys.version_info >= (3, 11):
        resume = _OPS["RESUME"]
        return 2 + next(offset for offset in range(0, len(bytecode), 2) if bytecode[offset] == resume)
    if sys.version_info >= (3, 10) and bytecode[0] == _OPS["GEN_START"]:
        return 2
    return 0
