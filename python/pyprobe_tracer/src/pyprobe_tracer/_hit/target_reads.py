"""Reads what the target of a store holds, `self.gain` or `buf[2 * k]`, without running any code of the program.

Loaded with the first probe on such a target: what it needs of the standard library takes longer to load than all else here.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

from .hits import UNREADABLE
from .raw_reads import AttributeRead, read_item, read_namespace

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Callable, Final

    Read = Callable[[FrameType], object]


def read_target(symbol: str, names: Names) -> Read | None:
    """Reads what an attribute or subscript target holds now: `self.gain`, `buf[i]`, `self.taps[2 * k]`. None when finding
    out would run code of the program (a call in the target)."""
    return _reader(ast.parse(symbol.strip(), mode="eval").body, names)


class Names:
    """How the names in a target are called in the code object it stands in: private names of a class have its name in them."""

    def __init__(self, code: CodeType) -> None:
        self._compiled = (*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars)

    def compiled(self, written: str) -> str:
        if written.startswith("__") and not written.endswith("__"):
            for name in self._compiled:
                if name.startswith("_") and name != written and name.endswith(written):
                    return name
        return written


def _reader(node: ast.expr, names: Names) -> Read | None:
    if isinstance(node, ast.Constant):
        constant = node.value
        return lambda frame: constant
    if isinstance(node, ast.Name):
        name = names.compiled(node.id)
        return lambda frame: read_namespace(frame, name)
    if isinstance(node, ast.Attribute):
        return _attribute_reader(node, names)
    if isinstance(node, ast.Subscript):
        return _subscript_reader(node, names)
    if isinstance(node, ast.Tuple):
        return _combined([_reader(item, names) for item in node.elts], lambda *values: values)
    if isinstance(node, ast.Slice):
        parts = (node.lower, node.upper, node.step)
        return _combined([_reader(part, names) if part is not None else _nothing for part in parts], slice)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _combined([_reader(node.operand, names)], _on_integers(operator.neg))
    if isinstance(node, ast.BinOp):
        operation = _ARITHMETIC.get(type(node.op))
        if operation is not None:
            return _combined([_reader(node.left, names), _reader(node.right, names)], _on_integers(operation))
    return None


_ARITHMETIC: Final[dict[type, Callable[..., object]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def _attribute_reader(node: ast.Attribute, names: Names) -> Read | None:
    return _combined([_reader(node.value, names)], AttributeRead(names.compiled(node.attr)))


def _subscript_reader(node: ast.Subscript, names: Names) -> Read | None:
    return _combined([_reader(node.value, names), _reader(node.slice, names)], read_item)


def _combined(readers: list[Read | None], combine: Callable[..., object]) -> Read | None:
    """Reads all parts, then combines them; `UNREADABLE` when a part is."""
    parts = [reader for reader in readers if reader is not None]
    if len(parts) != len(readers):
        return None

    def read(frame: FrameType) -> object:
        values = [part(frame) for part in parts]
        for value in values:
            if value is UNREADABLE:
                return UNREADABLE
        return combine(*values)

    return read


def _nothing(frame: FrameType) -> object:
    return None


def _on_integers(operation: Callable[..., object]) -> Callable[..., object]:
    """Only on exact integers: other types bring their own operators."""

    def compute(*values: object) -> object:
        if any(type(value) is not int for value in values):
            return UNREADABLE
        try:
            return operation(*values)
        except ArithmeticError:
            return UNREADABLE

    return compute
