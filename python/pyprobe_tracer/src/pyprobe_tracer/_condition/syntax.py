"""From the text of a condition to nested functions that evaluate it.

A closed list of Python's expressions is taken; each becomes a function of the values of the condition's names at a hit. What is
not on the list is refused here, before the program runs, with the place in the text and what to say instead.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, NamedTuple

from .._hit.hits import UNREADABLE
from .._hit.raw_reads import AttributeRead
from .._value.raw import type_name
from .text import MOST_TEXT, ConditionError, tree_of
from .values import CannotEvaluate, Values

if TYPE_CHECKING:
    from typing import Any, Callable, Final

    Evaluate = Callable[[list[Any]], Any]
    """Of what the names stand for now: the captured value, then the variables in the order of `Expression.names`."""

_MODULES: Final = ("math", "cmath", "np", "numpy")
_CONSTANTS: Final = {"pi": 3.141592653589793, "e": 2.718281828459045, "inf": float("inf"), "nan": float("nan")}
_REDUCTIONS: Final = ("min", "max", "sum", "mean", "std")
_METHODS: Final = (*_REDUCTIONS, "any", "all")
_TEXT_METHODS: Final = ("startswith", "endswith")
_BINARY: Final[dict[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
_UNARY: Final[dict[type, Callable[[Any], Any]]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}
_ORDER: Final[dict[type, Callable[[Any, Any], Any]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_REFUSALS: Final[dict[type, str]] = {
    ast.Lambda: "a function cannot stand in a condition",
    ast.Await: "a condition cannot wait",
    ast.NamedExpr: "a condition cannot set variables (for a comparison say ==)",
    ast.JoinedStr: "a formatted text cannot stand in a condition",
    ast.GeneratorExp: "a condition has no loops (compare an array as a whole: any(x > 3))",
    ast.ListComp: "a condition has no loops (compare an array as a whole: any(x > 3))",
    ast.SetComp: "a condition has no loops (compare an array as a whole: any(x > 3))",
    ast.DictComp: "a condition has no loops (compare an array as a whole: any(x > 3))",
    ast.Dict: "a dictionary cannot stand in a condition",
    ast.Starred: "items cannot be unpacked in a condition",
    ast.Yield: "a condition cannot yield",
    ast.YieldFrom: "a condition cannot yield",
}


class Expression(NamedTuple):
    names: tuple[str, ...]
    evaluate: Evaluate


def parse(text: str, symbol: str | None = None, owner: str = "") -> Expression:
    """Raises `ConditionError`. What is written as `symbol` stands for the captured value; `owner` is the class whose private
    names may be used."""
    if len(text) > MOST_TEXT:
        raise ConditionError(f"a condition has {MOST_TEXT} characters at most", MOST_TEXT, len(text))
    body = tree_of(text)
    compiler = _Compiler(text, None if symbol is None else ast.dump(tree_of(symbol)), owner.lstrip("_"))
    evaluate = compiler.of(body)
    return Expression(tuple(compiler.names), evaluate)


class _Compiler:
    """Collects the names of one condition while it compiles it."""

    def __init__(self, text: str, captured: str | None, owner: str) -> None:
        self.names: dict[str, int] = {}
        """Name → where its value stands; 0 is the captured value."""
        self._text = text
        self._captured = captured
        self._owner = owner
        self._values = Values()

    def of(self, node: ast.expr) -> Evaluate:
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and ast.dump(node) == self._captured:
            return self._read(0, "the captured value cannot be read without running code of the program")
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        if isinstance(node, ast.Name):
            position = self.names.setdefault(self._compiled(node.id), len(self.names) + 1)
            return self._read(position, f'the name "{node.id}" is not defined here')
        compile_node = getattr(self, "_" + type(node).__name__.lower(), None)
        if compile_node is None:
            raise self._error(_REFUSALS.get(type(node), f"{type(node).__name__} cannot stand in a condition"), node)
        compiled: Evaluate = compile_node(node)
        return compiled

    def _error(self, message: str, node: ast.AST) -> ConditionError:
        return ConditionError(message, getattr(node, "col_offset", 0), getattr(node, "end_col_offset", len(self._text)))

    def _compiled(self, name: str) -> str:
        """Private names have the name of their class in them."""
        is_private = name.startswith("__") and not name.endswith("__") and self._owner.isidentifier()
        return f"_{self._owner}{name}" if is_private else name

    def _read(self, position: int, message: str) -> Evaluate:
        def read(values: list[Any]) -> Any:
            value = values[position]
            if value is UNREADABLE:
                raise CannotEvaluate(message)
            return value

        return read

    # --- operators

    def _boolop(self, node: ast.BoolOp) -> Evaluate:
        parts = [self.of(value) for value in node.values]
        first, *others = parts
        truth = self._values.truth
        stops_at = isinstance(node.op, ast.Or)

        def evaluate(values: list[Any]) -> Any:
            value = first(values)
            for other in others:
                if truth(value) is stops_at:
                    return value
                value = other(values)
            return value

        return evaluate

    def _unaryop(self, node: ast.UnaryOp) -> Evaluate:
        operand, operation = self.of(node.operand), _UNARY.get(type(node.op))
        if operation is None:
            truth = self._values.truth
            return lambda values: not truth(operand(values))
        unary = self._values.unary
        return lambda values: unary(operation, operand(values))

    def _binop(self, node: ast.BinOp) -> Evaluate:
        operation = _BINARY.get(type(node.op))
        if operation is None:
            raise self._error("matrices cannot be multiplied in a condition", node)
        left, right, binary = self.of(node.left), self.of(node.right), self._values.binary
        return lambda values: binary(operation, left(values), right(values))

    def _ifexp(self, node: ast.IfExp) -> Evaluate:
        test, body, orelse, truth = self.of(node.test), self.of(node.body), self.of(node.orelse), self._values.truth
        return lambda values: body(values) if truth(test(values)) else orelse(values)

    def _compare(self, node: ast.Compare) -> Evaluate:
        first = self.of(node.left)
        steps = [(self._comparison(op), self.of(right)) for op, right in zip(node.ops, node.comparators)]
        truth = self._values.truth
        if len(steps) == 1:
            ((compare, last),) = steps
            return lambda values: compare(first(values), last(values))

        def chain(values: list[Any]) -> Any:
            left, result = first(values), True
            for compare, right in steps:
                if not truth(result):
                    return result
                value = right(values)
                result = compare(left, value)
                left = value
            return result

        return chain

    def _comparison(self, op: ast.cmpop) -> Callable[[Any, Any], Any]:
        known = self._values
        order = _ORDER.get(type(op))
        if order is not None:
            compare, ordered = order, known.ordered
            return lambda left, right: ordered(compare, left, right)
        others: dict[type, Callable[[Any, Any], Any]] = {
            ast.Eq: known.equal,
            ast.NotEq: known.unequal,
            ast.Is: operator.is_,
            ast.IsNot: operator.is_not,
            ast.In: lambda item, container: known.contains(container, item),
            ast.NotIn: lambda item, container: not known.contains(container, item),
        }
        return others[type(op)]

    # --- parts of values

    def _attribute(self, node: ast.Attribute) -> Evaluate:
        base = node.value
        if isinstance(base, ast.Name) and base.id in _MODULES and node.attr in _CONSTANTS:
            return _constant(_CONSTANTS[node.attr])
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "type" and node.attr == "__name__":
            inner = self._one_argument(base)
            return lambda values: type_name(type(inner(values))).rpartition(".")[2]
        of, read, text = self.of(base), AttributeRead(self._compiled(node.attr)), self._source(node)

        def evaluate(values: list[Any]) -> Any:
            value = read(of(values))
            if value is UNREADABLE:
                raise CannotEvaluate(f"{text} cannot be read without running code of the program")
            return value

        return evaluate

    def _subscript(self, node: ast.Subscript) -> Evaluate:
        of, key, item = self.of(node.value), self.of(node.slice), self._values.item
        return lambda values: item(of(values), key(values))

    def _slice(self, node: ast.Slice) -> Evaluate:
        parts = [_constant(None) if part is None else self.of(part) for part in (node.lower, node.upper, node.step)]
        return lambda values: slice(*[part(values) for part in parts])

    def _tuple(self, node: ast.Tuple) -> Evaluate:
        items = [self.of(item) for item in node.elts]
        return lambda values: tuple([item(values) for item in items])

    def _list(self, node: ast.List) -> Evaluate:
        items = [self.of(item) for item in node.elts]
        return lambda values: [item(values) for item in items]

    def _set(self, node: ast.Set) -> Evaluate:
        # A set would hash its items; what is asked of it is the same.
        items = [self.of(item) for item in node.elts]
        return lambda values: tuple([item(values) for item in items])

    def _source(self, node: ast.expr) -> str:
        text = self._text.encode("utf-16-le", "surrogatepass")
        found = text[2 * node.col_offset : 2 * (node.end_col_offset or 0)]
        return '"' + found.decode("utf-16-le", "surrogatepass") + '"'

    # --- calls

    def _call(self, node: ast.Call) -> Evaluate:
        if node.keywords:
            raise self._error("arguments in a condition have no names", node)
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id in _MODULES:
            return self._function(node, function.attr)
        if isinstance(function, ast.Attribute):
            return self._method(node, function)
        if isinstance(function, ast.Name):
            return self._function(node, function.id)
        raise self._error("only functions by their name can be called in a condition", function)

    def _function(self, node: ast.Call, name: str) -> Evaluate:
        known = self._values
        if name in _REDUCTIONS:
            if not node.args:
                raise self._error(f"{name}(…) needs a value", node)
            arguments = [self.of(argument) for argument in node.args]
            return lambda values: known.reduced(name, [argument(values) for argument in arguments])
        if name == "round" and len(node.args) == 2:
            number, digits = (self.of(argument) for argument in node.args)
            return lambda values: round(known.number(number(values)), known.number(digits(values)))
        apply = self._functions().get(name)
        if apply is None:
            names = ", ".join(sorted((*self._functions(), *_REDUCTIONS)))
            message = f"{name}(…) cannot be called in a condition, which runs no code of the program (there are {names})"
            raise self._error(message, node.func)
        inner = self._one_argument(node)
        return lambda values: apply(inner(values))

    def _functions(self) -> dict[str, Callable[[Any], Any]]:
        known = self._values
        infinity = float("inf")
        return {
            "abs": lambda value: known.unary(abs, value),
            "all": known.all,
            "any": known.any,
            "bool": known.truth,
            "float": lambda value: float(known.number(value)),
            "int": lambda value: int(known.number(value)),
            "isfinite": lambda value: known.ordered(operator.lt, known.unary(abs, value), infinity),
            "isinf": lambda value: known.equal(known.unary(abs, value), infinity),
            "isnan": lambda value: known.unequal(known.number(value), value),
            "len": known.length,
            "round": lambda value: round(known.number(value)),
        }

    def _one_argument(self, node: ast.Call) -> Evaluate:
        if len(node.args) != 1 or node.keywords:
            raise self._error("this function takes one value", node)
        return self.of(node.args[0])

    def _method(self, node: ast.Call, function: ast.Attribute) -> Evaluate:
        known, name, of = self._values, function.attr, self.of(function.value)
        if name in _METHODS and not node.args:
            whole = {"any": known.any, "all": known.all}.get(name)
            return lambda values: whole(of(values)) if whole is not None else known.reduced(name, [of(values)])
        if name in _TEXT_METHODS and len(node.args) == 1:
            affix = self.of(node.args[0])
            return lambda values: _has_affix(name, known.plain(of(values)), known.plain(affix(values)))
        raise self._error(f".{name}(…) cannot be called in a condition, which runs no code of the program", node)


def _constant(value: object) -> Evaluate:
    return lambda values: value


def _has_affix(name: str, text: Any, affix: Any) -> bool:
    if type(text) is not type(affix) or not (type(text) is str or type(text) is bytes):
        raise CannotEvaluate(f"{name}(…) needs two texts")
    return bool(text.startswith(affix) if name == "startswith" else text.endswith(affix))
