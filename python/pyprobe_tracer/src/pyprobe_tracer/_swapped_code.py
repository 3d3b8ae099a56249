"""Compiles a rewritten tree and puts the hooks into it: the bytecode half of the code swap (CPython 3.9 to 3.11)."""

from __future__ import annotations

import dis
import warnings
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Mapping
    from types import CodeType
    from typing import Final

_LOAD_CONST: Final = dis.opmap["LOAD_CONST"]
_CONTAINS_OP: Final = dis.opmap["CONTAINS_OP"]
_EXTENDED_ARG: Final = dis.EXTENDED_ARG
_NOP: Final = dis.opmap["NOP"]
_JUMPS_IF_FALSE: Final = frozenset(
    dis.opmap[name] for name in ("POP_JUMP_IF_FALSE", "POP_JUMP_FORWARD_IF_FALSE") if name in dis.opmap
)
_JUMPS_ARE_RELATIVE: Final = "POP_JUMP_FORWARD_IF_FALSE" in dis.opmap


def compile_swapped(tree: ast.Module, filename: str, objects: Mapping[str, object]) -> CodeType:
    """`objects` maps each placeholder to what takes its place; lists are switches."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # "'str' object is not callable; perhaps you missed a comma?"
        code = compile(tree, filename, "exec", dont_inherit=True)
    return _filled(code, objects)


def pair_codes(plain: CodeType, swapped: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Every code object with its counterpart. Rewriting keeps nested code in its order; only where the compiler merged equal
    functions of one line is one plain code object the counterpart of several."""
    yield plain, swapped
    ours = _nested(swapped)
    for inner in _nested(plain):
        same = [code for code in ours if code.co_name == inner.co_name and code.co_firstlineno == inner.co_firstlineno]
        twins = [code for code in _nested(plain) if code.co_name == inner.co_name and code.co_firstlineno == inner.co_firstlineno]
        place = next(index for index, code in enumerate(twins) if code is inner)
        if place < len(same):
            yield from pair_codes(inner, same[place])


def renamed(code: CodeType, filename: str) -> CodeType:
    """The same code as compiled from a file of another name (which leads to the same file)."""
    if code.co_filename == filename:
        return code
    consts = tuple(renamed(const, filename) if type(const) is type(code) else const for const in code.co_consts)
    return code.replace(co_filename=filename, co_consts=consts)


def _nested(code: CodeType) -> list[CodeType]:
    return [const for const in code.co_consts if type(const) is type(code)]


def _filled(code: CodeType, objects: Mapping[str, object]) -> CodeType:
    consts: list[object] = []
    switches: set[int] = set()
    for index, const in enumerate(code.co_consts):
        if type(const) is type(code):
            consts.append(_filled(const, objects))
        elif type(const) is str and const in objects:
            consts.append(objects[const])
            if isinstance(objects[const], list):
                switches.add(index)
        else:
            consts.append(const)
    bytecode = _with_plain_tests(code, switches) if switches else code.co_code
    return code.replace(co_consts=tuple(consts), co_code=bytecode)


def _with_plain_tests(code: CodeType, switches: set[int]) -> bytes:
    """Makes `None in <switch>`, which the compiler cannot fold away, into a test of the list itself: nanoseconds."""
    patched = bytearray(code.co_code)
    found = list(_instructions(code.co_code))
    for none, switch, test, jump in zip(found, found[1:], found[2:], found[3:]):
        is_switch = switch.op == _LOAD_CONST and switch.arg in switches and test.op == _CONTAINS_OP
        if not is_switch or none.op != _LOAD_CONST or code.co_consts[none.arg] is not None:
            continue
        for offset in (*range(none.start, switch.start, 2), test.offset):
            patched[offset : offset + 2] = bytes((_NOP, 0))
        # Better still, when nothing has a long argument: test and jump first, so that the rest is passed over.
        distance = jump.arg + (2 if _JUMPS_ARE_RELATIVE else 0)
        if jump.op in _JUMPS_IF_FALSE and jump.offset - none.start == 6 and distance < 256:
            moved = bytes((_LOAD_CONST, switch.arg, jump.op, distance, _NOP, 0, _NOP, 0))
            patched[none.start : jump.offset + 2] = moved
    return bytes(patched)


class Instruction(NamedTuple):
    start: int
    """Where its EXTENDED_ARGs begin."""
    offset: int
    op: int
    arg: int


def _instructions(bytecode: bytes) -> Iterator[Instruction]:
    start = arg = 0
    for offset in range(0, len(bytecode), 2):
        op = bytecode[offset]
        arg = arg << 8 | bytecode[offset + 1]
        if op != _EXTENDED_ARG:
            yield Instruction(start, offset, op, arg)
            start, arg = offset + 2, 0
