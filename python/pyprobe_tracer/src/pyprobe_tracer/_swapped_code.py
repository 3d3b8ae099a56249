"""Compiles a rewritten tree and puts the hooks into it: the bytecode half of the code swap (CPython 3.9 to 3.11)."""

from __future__ import annotations

import dis
import warnings
from typing import TYPE_CHECKING

from ._switch import Switch, instructions

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Mapping
    from types import CodeType
    from typing import Final

_LOAD_CONST: Final = dis.opmap["LOAD_CONST"]
_CONTAINS_OP: Final = dis.opmap["CONTAINS_OP"]
_NOP: Final = dis.opmap["NOP"]


def compile_swapped(tree: ast.Module, filename: str, objects: Mapping[str, object]) -> CodeType:
    """`objects` maps each placeholder to what takes its place."""
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
            if type(objects[const]) is Switch:
                switches.add(index)
        else:
            consts.append(const)
    bytecode = _with_plain_tests(code, switches) if switches else code.co_code
    return code.replace(co_consts=tuple(consts), co_code=bytecode)


def _with_plain_tests(code: CodeType, switches: set[int]) -> bytes:
    """Makes `None in <switch>`, which the compiler cannot fold away, into a test of the list itself, led by a NOP: see
    `_switch.py`."""
    patched = bytearray(code.co_code)
    found = list(instructions(code.co_code))
    for none, switch, test in zip(found, found[1:], found[2:]):
        is_switch = switch.op == _LOAD_CONST and switch.arg in switches and test.op == _CONTAINS_OP
        if not is_switch or none.op != _LOAD_CONST or code.co_consts[none.arg] is not None:
            continue
        for offset in (*range(none.start, switch.start, 2), test.offset):
            patched[offset : offset + 2] = bytes((_NOP, 0))
    return bytes(patched)
