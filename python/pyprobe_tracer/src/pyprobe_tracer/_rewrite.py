"""Puts calls of hooks into a syntax tree: the source half of the code swap (CPython 3.9 to 3.11).

A hook is inserted as `if <switch>: <hook>(x)` after a store, or `<hook>(x) if <switch> else x` around a load. Switch and hook
are unique strings here, because a tree can hold no others; `_swapped_code` puts the objects into the compiled constants and
turns the switch into a plain truth test. Line and column of every inserted node are those of the anchor, so that tracebacks
stay as they are.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from ._hits import PlaceError

if TYPE_CHECKING:
    from typing import Final

    from ._occurrences import Occurrence

    Parent = tuple[ast.AST, str, Optional[int]]
    """A node, the field of it, and the index where the field is a list."""

_MATCH_CASE: Final[type] = getattr(ast, "match_case", type(None))
_PATTERN: Final[type] = getattr(ast, "pattern", type(None))
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
FunctionNode = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]


class Placeholders(NamedTuple):
    """The strings that stand for the objects of one place."""

    switch: str
    hook: str
    stash: str
    """Takes the value that is about to be stored into an attribute or item, and gives it back."""


class Inserter:
    """Inserts hooks into one tree. Call `insert` for the loads first, then for the others in the order of the source, then
    `enter`; then compile the tree."""

    def __init__(self, tree: ast.Module) -> None:
        self._parents: dict[int, Parent] = {}
        self._current: dict[int, ast.expr] = {}
        """What stands now where a loaded name stood."""
        self._tests: dict[int, list[ast.expr]] = {}
        self._inserted: dict[int, int] = {}
        """Statements already inserted after (or at the start of the body of) a node."""
        self._index(tree)

    def insert(self, one: Occurrence, marks: Placeholders, names: tuple[str, ...]) -> ast.AST:
        """`names` are the variables that the hook is given, the anchor's own or those of an attribute target. Returns the
        node whose code holds the hook: a function, class, comprehension or module. Raises PlaceError."""
        owner = self.owner(one.node)
        if one.context == "parameter":
            self._parameter(one.node, marks, names)
        elif one.context == "load":
            self._load(one.node, marks)
        else:
            self._store(one, marks, names)
        return owner

    def owner_around(self, comprehension: ast.AST) -> ast.AST:
        """What runs a comprehension."""
        return self.owner(comprehension)

    def owner(self, node: ast.AST) -> ast.AST:
        """The function, class, comprehension or module that runs the node."""
        child = node
        while True:
            parent, field, _ = self._parents.get(id(child), (None, "", None))
            if parent is None:
                return child
            if isinstance(parent, (*_FUNCTIONS, ast.ClassDef)) and (field == "body" or isinstance(node, ast.arg)):
                return parent
            if isinstance(parent, ast.Lambda) and (field == "body" or isinstance(node, ast.arg)):
                return parent
            if isinstance(parent, _COMPREHENSIONS) and not self._is_first_iterable(parent, node):
                return parent
            child = parent

    def enter(self, owner: ast.AST, switch: str, hook: str) -> None:
        """Calls a hook where the function, class body or module begins; for a generator expression, where it is made."""
        if isinstance(owner, ast.GeneratorExp):
            first = owner.generators[0]
            first.iter = _call(hook, first.iter, first.iter)
        elif isinstance(owner, ast.Lambda):
            self._lambda_tests(owner).insert(0, _test(Placeholders(switch, hook, ""), (), owner.body))
        elif isinstance(owner, (*_FUNCTIONS, ast.ClassDef, ast.Module)):
            body = owner.body
            at = body[0] if body else owner
            body.insert(_after_docstring(body), _statement(switch, hook, (), at))

    def _index(self, root: ast.AST) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            for field, value in ast.iter_fields(node):
                if isinstance(value, ast.AST):
                    self._parents[id(value)] = (node, field, None)
                    stack.append(value)
                elif isinstance(value, list):
                    for index, item in enumerate(value):
                        if isinstance(item, ast.AST):
                            self._parents[id(item)] = (node, field, index)
                            stack.append(item)

    def _is_first_iterable(self, comprehension: ast.AST, node: ast.AST) -> bool:
        first: ast.expr = comprehension.generators[0].iter  # type: ignore[attr-defined]
        child = node
        while child is not comprehension:
            if child is first:
                return True
            child = self._parents[id(child)][0]
        return False

    # -- loads and parameters ------------------------------------------------------------------------------------------

    def _load(self, node: ast.AST, marks: Placeholders) -> None:
        parent = self._parents[id(node)][0]
        if not isinstance(node, ast.Name) or isinstance(parent, _PATTERN) or self._is_in_pattern(node):
            raise PlaceError("not_probeable", "a name in a pattern is compared, not read: probe it where it is bound")
        # With two probes on one occurrence the second goes around the first.
        current = self._current.get(id(node), node)
        new = self._current[id(node)] = _conditional(marks.switch, _call(marks.hook, node, current), current, node)
        self._replace(node, new)

    def _is_in_pattern(self, node: ast.AST) -> bool:
        child: ast.AST = node
        while id(child) in self._parents and isinstance(child, (ast.expr, _PATTERN)):
            child = self._parents[id(child)][0]
            if isinstance(child, _PATTERN):
                return True
        return False

    def _replace(self, node: ast.AST, new: ast.expr) -> None:
        parent, field, index = self._parents[id(node)]
        if index is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[index] = new

    def _parameter(self, node: ast.AST, marks: Placeholders, names: tuple[str, ...]) -> None:
        owner = self.owner(node)
        if isinstance(owner, ast.Lambda):
            self._lambda_tests(owner).append(_test(marks, names, owner.body))
        elif isinstance(owner, _FUNCTIONS):
            self._at_start(owner, owner.body, marks, names, node)

    def _lambda_tests(self, node: ast.Lambda) -> list[ast.expr]:
        """What a lambda evaluates before its body: the items of a tuple, which is true."""
        known = self._tests.get(id(node))
        if known is None:
            tests = ast.copy_location(ast.Tuple([], ast.Load()), node.body)
            known = self._tests[id(node)] = tests.elts
            node.body = ast.copy_location(ast.IfExp(tests, node.body, _constant(None, node.body)), node.body)
        return known

    # -- stores --------------------------------------------------------------------------------------------------------

    def _store(self, one: Occurrence, marks: Placeholders, names: tuple[str, ...]) -> None:
        child: ast.AST = one.node
        while True:
            parent = self._parents[id(child)][0]
            if isinstance(child, ast.NamedExpr):
                child.value = _through(marks.switch, marks.hook, child.value)
                return
            if isinstance(child, _MATCH_CASE):
                self._at_case(child, marks, names, one.node)
                return
            if isinstance(child, ast.ExceptHandler):
                self._at_start(child, child.body, marks, names, child)
                return
            if isinstance(child, ast.comprehension):
                child.ifs.insert(self._count(child), _test(marks, names, child.target))
                return
            if isinstance(child, (ast.For, ast.AsyncFor)):
                self._at_start(child, child.body, marks, names, child.target)
                return
            if isinstance(child, ast.withitem):
                self._in_with(parent, child, marks, names)
                return
            if isinstance(child, ast.stmt):
                self._after(child, one, marks, names)
                return
            child = parent

    def _after(self, statement: ast.stmt, one: Occurrence, marks: Placeholders, names: tuple[str, ...]) -> None:
        value: ast.expr | None = getattr(statement, "value", None)
        is_lone = isinstance(statement, ast.AnnAssign) or (
            isinstance(statement, ast.Assign) and any(target is one.node for target in statement.targets)
        )
        if is_lone and value is not None:
            if isinstance(one.node, ast.Name) and isinstance(self.owner(statement), ast.ClassDef):
                # Reading the name again would ask the class' namespace, which can be an object of the program.
                statement.value = _through(marks.switch, marks.hook, value)  # type: ignore[attr-defined]
                return
            if not isinstance(one.node, ast.Name):
                statement.value = _through(marks.switch, marks.stash, value)  # type: ignore[attr-defined]
        parent, field, _ = self._parents[id(statement)]
        body: list[ast.stmt] = getattr(parent, field)
        place = next(index for index, item in enumerate(body) if item is statement)
        body.insert(place + 1 + self._count(statement), _statement(marks.switch, marks.hook, names, statement))

    def _at_start(self, owner: ast.AST, body: list[ast.stmt], marks: Placeholders, names: tuple[str, ...], at: ast.AST) -> None:
        start = _after_docstring(body) if isinstance(owner, _FUNCTIONS) else 0
        body.insert(start + self._count(owner), _statement(marks.switch, marks.hook, names, at))

    def _at_case(self, case: ast.AST, marks: Placeholders, names: tuple[str, ...], at: ast.AST) -> None:
        guard: ast.expr | None = case.guard  # type: ignore[attr-defined]
        if guard is None:
            self._at_start(case, case.body, marks, names, at)  # type: ignore[attr-defined]
            return
        # The names are bound before the guard is asked, also when it then says no.
        test = _test(marks, names, guard)
        case.guard = ast.copy_location(ast.BoolOp(ast.And(), [test, guard]), guard)  # type: ignore[attr-defined]

    def _in_with(self, node: ast.AST, item: ast.withitem, marks: Placeholders, names: tuple[str, ...]) -> None:
        """`with a as x, b as y` is `with a as x: with b as y`: a name of an item before the last is seen in between."""
        assert isinstance(node, (ast.With, ast.AsyncWith))
        place = next(index for index, other in enumerate(node.items) if other is item)
        if place + 1 < len(node.items):
            inner = ast.copy_location(type(node)(items=node.items[place + 1 :], body=node.body, type_comment=None), node)
            for index, other in enumerate(inner.items):
                self._parents[id(other)] = (inner, "items", index)
            for index, statement in enumerate(inner.body):
                self._parents[id(statement)] = (inner, "body", index)
            self._inserted[id(inner)] = self._inserted.pop(id(node), 0)
            self._parents[id(inner)] = (node, "body", 0)
            node.items = node.items[: place + 1]
            node.body = [inner]
        self._at_start(node, node.body, marks, names, item.optional_vars or node)

    def _count(self, node: ast.AST) -> int:
        """How many hooks stand there already; the next one goes behind them."""
        count = self._inserted.get(id(node), 0)
        self._inserted[id(node)] = count + 1
        return count


def _after_docstring(body: list[ast.stmt]) -> int:
    """Where code may begin: behind the docstring, and behind `from __future__` imports, which must come first."""
    start = 0
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        start = 1
    while start < len(body):
        statement = body[start]
        if not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
            break
        start += 1
    return start


def _switch(switch: str, at: ast.AST) -> ast.expr:
    compare = ast.Compare(_constant(None, at), [ast.In()], [_constant(switch, at)])
    return ast.copy_location(compare, at)


def _statement(switch: str, hook: str, names: tuple[str, ...], at: ast.AST) -> ast.stmt:
    loads = [ast.copy_location(ast.Name(name, ast.Load()), at) for name in names]
    call = ast.copy_location(ast.Expr(_call(hook, at, *loads)), at)
    return ast.copy_location(ast.If(_switch(switch, at), [call], []), at)


def _through(switch: str, hook: str, value: ast.expr) -> ast.expr:
    """The value by way of a hook that returns it. Written twice, to cost nothing while the switch is off; but not where it
    has code of its own in it, which would exist twice."""
    call = _call(hook, value, value)
    if any(isinstance(part, (ast.Lambda, ast.NamedExpr, *_COMPREHENSIONS)) for part in ast.walk(value)):
        return call
    return _conditional(switch, call, value, value)


def _test(marks: Placeholders, names: tuple[str, ...], at: ast.AST) -> ast.expr:
    """An expression that calls the hook and is always true."""
    loads = [ast.copy_location(ast.Name(name, ast.Load()), at) for name in names]
    # A tuple with something in it is true whatever the hook returns.
    seen = ast.copy_location(ast.Tuple([_call(marks.hook, at, *loads)], ast.Load()), at)
    return _conditional(marks.switch, seen, _constant(True, at), at)


def _conditional(switch: str, body: ast.expr, orelse: ast.expr, at: ast.AST) -> ast.expr:
    return ast.copy_location(ast.IfExp(_switch(switch, at), body, orelse), at)


def _call(hook: str, at: ast.AST, *arguments: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(_constant(hook, at), list(arguments), []), at)


def _constant(value: str | bool | None, at: ast.AST) -> ast.expr:
    return ast.copy_location(ast.Constant(value), at)
