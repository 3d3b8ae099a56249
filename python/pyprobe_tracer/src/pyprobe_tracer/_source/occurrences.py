"""Every occurrence of a name in a syntax tree, with its exact range: what anchors are made of.

One walk serves the page (which names light up), the rewriting of code (which node is the anchor) and the finding of
instructions when positions alone do not tell. Columns are bytes of UTF-8, as `ast` counts them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from .identifiers import Range, after_keyword, alias_names, definition_name, ends_with, node_range, rest_name
from .scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final, Literal

    from .._hit.hits import Context
    from .source_text import SourceText

    Use = Literal[
        "name", "target", "parameter", "import", "from", "except", "match",
        "delete", "declaration", "annotation", "type_parameter", "function", "class",
    ]  # fmt: skip
    Role = Literal["value", "callee", "base", "type"]
    """What is done with a loaded name: read, called, looked into, or used as a type."""


class Occurrence(NamedTuple):
    node: ast.AST
    symbol: str
    """As an anchor has it: the name, or the text of an attribute or subscript target."""
    context: Context
    use: Use
    at: Range
    function: str
    scope: Scope
    role: Role


class ScopeRange(NamedTuple):
    kind: Literal["function", "class"]
    name: str
    line: int
    end_line: int


_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MATCH_AS: Final[type | None] = getattr(ast, "MatchAs", None)
_MATCH_STAR: Final[type | None] = getattr(ast, "MatchStar", None)
_MATCH_MAPPING: Final[type | None] = getattr(ast, "MatchMapping", None)
_TYPE_ALIAS: Final[type | None] = getattr(ast, "TypeAlias", None)


class OccurrenceWalker:
    """Walks a tree once; then `occurrences` and `scopes` are complete, and every `Scope` knows its bindings."""

    def __init__(self, text: SourceText) -> None:
        self.occurrences: list[Occurrence] = []
        self.scopes: list[ScopeRange] = []
        self._text = text
        self._scope = Scope("module", None)
        self._function = ""
        self._use: Use | None = None

    def walk(self, tree: ast.AST) -> None:
        self._visit(tree)

    def _visit(self, node: ast.AST | None) -> None:
        if node is None:
            return
        method = getattr(self, "_visit_" + type(node).__name__, None)
        if method is not None:
            method(node)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node)
        else:
            self._match_capture(node)
            self._children(node)

    def _children(self, node: ast.AST) -> None:
        self._all(ast.iter_child_nodes(node))

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            self._visit(node)

    def _add(self, node: ast.AST, symbol: str, context: Context, use: Use, at: Range | None, role: Role = "value") -> None:
        if at is None:
            return
        self.occurrences.append(Occurrence(node, symbol, context, self._use or use, at, self._function, self._scope, role))

    # -- names -------------------------------------------------------------------------------------------------------

    def _visit_Name(self, node: ast.Name, role: Role = "value") -> None:
        at = node_range(node)
        if isinstance(node.ctx, ast.Load):
            self._add(node, node.id, "load", "name", at, role)
        elif isinstance(node.ctx, ast.Del):
            self._scope.bind(node.id, "deleted")
            self._add(node, node.id, "load", "delete", at)
        else:
            self._scope.bind(node.id, "value")
            self._add(node, node.id, "store", "name", at)

    def _visit_Attribute(self, node: ast.Attribute) -> None:
        self._target(node)
        self._visit_with_role(node.value, "base")

    def _visit_Subscript(self, node: ast.Subscript) -> None:
        self._target(node)
        self._visit_with_role(node.value, "value")
        self._visit(node.slice)

    def _target(self, node: ast.Attribute | ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store):
            at = node_range(node)
            self._add(node, self._text.segment(*at), "store", "target", at)

    def _visit_Call(self, node: ast.Call) -> None:
        self._visit_with_role(node.func, "callee")
        is_type_test = isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass")
        for index, argument in enumerate(node.args):
            self._visit_with_role(argument, "type" if is_type_test and index == 1 else "value")
        self._all(node.keywords)

    def _visit_with_role(self, node: ast.AST | None, role: Role) -> None:
        if isinstance(node, ast.Name):
            self._visit_Name(node, role)
        elif role == "type" and isinstance(node, ast.Tuple):
            for item in node.elts:
                self._visit_with_role(item, role)
        else:
            self._visit(node)

    def _visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit(node.value)
        target = node.target
        scope = self._scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        scope.bind(target.id, "value")
        self._add(target, target.id, "store", "name", node_range(target))

    def _visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self._scope.declare(name, is_global=isinstance(node, ast.Global))
            self._add(node, name, "load", "declaration", rest_name(self._text, node, name))

    _visit_Nonlocal = _visit_Global

    def _visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit(node.value)
        if node.value is None:
            self._within("declaration", node.target)
        else:
            self._visit(node.target)
        self._within("annotation", node.annotation)

    def _within(self, use: Use, node: ast.AST | None) -> None:
        before, self._use = self._use, use
        self._visit(node)
        self._use = before

    # -- bindings that are no Name nodes -------------------------------------------------------------------------------

    def _visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        is_from = isinstance(node, ast.ImportFrom)
        for alias, at in alias_names(self._text, node):
            name = alias.asname or (alias.name if is_from else alias.name.partition(".")[0])
            if name == "*":
                self._scope.has_star = True
                continue
            self._scope.bind(name, "from" if is_from else "import")
            self._add(alias, name, "store", "from" if is_from else "import", at)

    _visit_ImportFrom = _visit_Import

    def _visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._visit_with_role(node.type, "type")
        if node.name is not None:
            self._scope.bind(node.name, "value")
            self._add(node, node.name, "store", "except", after_keyword(self._text, node, node.type, node.name))
        self._all(node.body)

    def _match_capture(self, node: ast.AST) -> None:
        kind = type(node)
        if kind is _MATCH_AS or kind is _MATCH_STAR:
            name: str | None = getattr(node, "name", None)
            at = ends_with(node, name) if name is not None else None
        elif kind is _MATCH_MAPPING:
            name = getattr(node, "rest", None)
            at = rest_name(self._text, node, name, last=True) if name is not None else None
        else:
            return
        if name is not None:
            self._scope.bind(name, "value")
            self._add(node, name, "store", "match", at)

    # -- scopes --------------------------------------------------------------------------------------------------------

    def _visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node)
        self._define(node, "function")
        self._defaults(node.args)
        self._annotations(node)
        self._type_parameters(node)
        self.scopes.append(ScopeRange("function", self._qualified(node.name), node.lineno, node.end_lineno or node.lineno))
        with_scope = self._enter("function", node.name)
        self._parameters(node.args)
        self._all(node.body)
        self._leave(with_scope)

    _visit_AsyncFunctionDef = _visit_FunctionDef

    def _visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node.args)
        outer = self._enter("function", "<lambda>")
        self._parameters(node.args)
        self._visit(node.body)
        self._leave(outer)

    def _visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._decorators(node)
        self._define(node, "class")
        for base in node.bases:
            self._visit_with_role(base, "type")
        self._all(node.keywords)
        self._type_parameters(node)
        self.scopes.append(ScopeRange("class", self._qualified(node.name), node.lineno, node.end_lineno or node.lineno))
        outer = self._enter("class", node.name)
        self._all(node.body)
        self._leave(outer)

    def _visit_TypeAlias(self, node: ast.AST) -> None:
        self._within("type_parameter", node_child(node, "name"))
        self._type_parameters(node)
        self._within("annotation", node_child(node, "value"))

    def _comprehension(self, node: ast.AST) -> None:
        generators: list[ast.comprehension] = getattr(node, "generators", [])
        self._visit(generators[0].iter)
        outer = (self._scope, self._function)
        self._scope = Scope("comprehension", self._scope)
        for index, generator in enumerate(generators):
            self._visit(generator.target)
            if index:
                self._visit(generator.iter)
            self._all(generator.ifs)
        self._all(getattr(node, field, None) for field in ("key", "value", "elt"))
        self._leave(outer)

    def _enter(self, kind: Literal["function", "class"], name: str) -> tuple[Scope, str]:
        outer = (self._scope, self._function)
        self._function = self._qualified(name)
        self._scope = Scope(kind, self._scope)
        return outer

    def _leave(self, outer: tuple[Scope, str]) -> None:
        self._scope, self._function = outer

    def _qualified(self, name: str) -> str:
        if not self._function:
            return name
        scope = self._scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return f"{self._function}.<locals>.{name}" if scope.kind == "function" else f"{self._function}.{name}"

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self._visit_with_role(decorator, "callee")

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, use: Literal["function", "class"]) -> None:
        self._scope.bind(node.name, use)
        self._add(node, node.name, "store", use, definition_name(self._text, node))

    def _defaults(self, arguments: ast.arguments) -> None:
        self._all((*arguments.defaults, *arguments.kw_defaults))

    def _annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for argument in all_arguments(node.args):
            self._within("annotation", argument.annotation)
        self._within("annotation", node.returns)

    def _type_parameters(self, node: ast.AST) -> None:
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        for parameter in parameters:
            name: str = getattr(parameter, "name", "")
            self._scope.bind(name, "type_parameter")
            self._add(parameter, name, "store", "type_parameter", rest_name(self._text, parameter, name))
            self._within("annotation", node_child(parameter, "bound"))

    def _parameters(self, arguments: ast.arguments) -> None:
        for argument in all_arguments(arguments):
            self._scope.bind(argument.arg, "value")
            line, column = argument.lineno, argument.col_offset
            end = column + len(argument.arg.encode("utf-8"))
            self._add(argument, argument.arg, "parameter", "parameter", Range(line, column, line, end))


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """In the order of the signature."""
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        found.append(arguments.vararg)
    found += arguments.kwonlyargs
    if arguments.kwarg is not None:
        found.append(arguments.kwarg)
    return found


def node_child(node: ast.AST, field: str) -> ast.AST | None:
    child = getattr(node, field, None)
    return child if isinstance(child, ast.AST) else None
