"""What a Python file offers to probe, as the running interpreter's own `ast` sees it.

    python symbols.py FILE          reads FILE
    python symbols.py - FILE        reads its text from stdin (UTF-8), as an editor has it
    python symbols.py --all FILE…   reads all of them

prints one JSON object: `sourceSymbolsSchema` of the protocol. With `--all` it is a list of them in the order of the files, each
of which may be `{"failure": WHY}` instead. Runs alone, without the package being installed.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import os
import sys
import warnings
from typing import TYPE_CHECKING

if not __package__:
    # Run as a file: Python put this folder on the path, the package is the folder itself.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "pyprobe_tracer._source"

from pyprobe_tracer._source.imported import ImportedNames, Origin, kind_in_c
from pyprobe_tracer._source.occurrences import Occurrence, OccurrenceWalker
from pyprobe_tracer._source.source_text import SourceText

if TYPE_CHECKING:
    from typing import Any, Final

    from pyprobe_tracer._source.scopes import Scope

_TAKES_FUNCTION: Final = frozenset(
    ("map", "filter", "reduce", "partial", "starmap", "takewhile", "dropwhile", "filterfalse", "submit", "apply_async")
)
"""Calls whose first argument is a function."""
_FUNCTION_KEYWORDS: Final = frozenset(("key", "func", "function", "fn", "target", "callback", "default_factory"))

_BUILTINS: Final = frozenset(dir(builtins)) | {"__file__", "__builtins__"}


def symbols_of_data(file: str, data: bytes) -> dict[str, Any]:
    """For the bytes of a file. Never raises on bad source: the result says what is wrong where."""
    try:
        text = SourceText.decode(data)
    except (SyntaxError, ValueError) as error:
        return _failure(file, data, line=1, column=0, message=str(error))
    return symbols_of_text(file, text)


def symbols_of_text(file: str, text: SourceText) -> dict[str, Any]:
    data = text.text.encode("utf-8", "surrogatepass")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.text, filename=file)
        walker = OccurrenceWalker(text)
        walker.walk(tree)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), text.line_count)
        before = text.line(line)[: max((error.offset or 1) - 1, 0)]
        column = text.utf16_of_byte(line, len(before.encode("utf-8", "surrogatepass")))
        return _failure(file, data, line=line, column=column, message=error.msg)
    except ValueError as error:  # a NUL character
        return _failure(file, data, line=1, column=0, message=str(error))
    except (RecursionError, MemoryError):
        return _failure(file, data, line=1, column=0, message="the expressions in this file are nested too deeply")
    return {
        "file": file,
        "hash": hashlib.sha256(data).hexdigest(),
        "symbols": _symbols(walker.occurrences, text, _Imports(file, tree, walker.occurrences)),
        "scopes": [
            {"kind": scope.kind, "name": scope.name, "line": scope.line, "endLine": scope.end_line}
            for scope in sorted(walker.scopes, key=lambda scope: (scope.line, -scope.end_line))
        ],
    }


def _failure(file: str, data: bytes, *, line: int, column: int, message: str) -> dict[str, Any]:
    return {
        "file": file,
        "hash": hashlib.sha256(data).hexdigest(),
        "symbols": [],
        "scopes": [],
        "error": {"line": line, "column": column, "message": message},
    }


def _symbols(occurrences: list[Occurrence], text: SourceText, imports: _Imports) -> list[dict[str, Any]]:
    found = []
    for one in sorted(occurrences, key=lambda one: (one.at.line, one.at.column, -one.at.end_line, -one.at.end_column)):
        symbol: dict[str, Any] = {
            "symbol": one.symbol,
            "line": one.at.line,
            "column": text.utf16_of_byte(one.at.line, one.at.column),
            "endLine": one.at.end_line,
            "endColumn": text.utf16_of_byte(one.at.end_line, one.at.end_column),
            "function": one.function,
            "context": one.context,
        }
        reason = _reason(one, imports)
        if reason is not None:
            symbol["reason"] = reason
        found.append(symbol)
    return found


class _Imports:
    """What is known of the names that a file imports: how it uses them, and what they are where they come from."""

    def __init__(self, file: str, tree: ast.AST, occurrences: list[Occurrence]) -> None:
        self._names = ImportedNames(file)
        self._roles: dict[tuple[int, str], set[str]] = {}
        """For each variable of a scope: what is done with it where it is read."""
        self._origins: dict[tuple[int, str], list[Origin]] = {}
        called = _function_arguments(tree)
        origins = _origins(tree)
        for one in occurrences:
            home = one.scope.find(one.symbol)
            if home is None:
                continue
            variable = (id(home), one.symbol)
            if one.context == "load" and one.use == "name":
                role = "callee" if id(one.node) in called else one.role
                self._roles.setdefault(variable, set()).add(role)
            elif one.use == "from" and id(one.node) in origins:
                self._origins.setdefault(variable, []).append(origins[id(one.node)])

    def refusal(self, home: Scope, name: str) -> str | None:
        """Why an imported name cannot be probed; None when it may be a value."""
        variable = (id(home), name)
        origins = self._origins.get(variable, [])
        compiled = {kind_in_c(origin) for origin in origins}
        if not _may_be_value(name, self._roles.get(variable, set())) and compiled != {"value"}:
            return f"{name} is an imported function, class or module: click a name that holds a value."
        kinds = {self._names.kind(origin) for origin in origins}
        if len(kinds) != 1 or kinds <= {None, "value"}:
            return None
        (kind,) = kinds
        if kind == "module":
            return f"{name} is a module: click a name that holds a value."
        return f"{name} is a {kind} of {origins[-1].module}: click a name that holds what it gives back."


def _function_arguments(tree: ast.AST) -> set[int]:
    """The names that are handed over to be called, as in `map(name, …)` and `sorted(…, key=name)`. Constants are not meant."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given: list[ast.expr] = [word.value for word in node.keywords if word.arg in _FUNCTION_KEYWORDS]
        callee = node.func
        name = callee.id if isinstance(callee, ast.Name) else callee.attr if isinstance(callee, ast.Attribute) else ""
        if name in _TAKES_FUNCTION:
            given += node.args[:1]
        found.update(id(one) for one in given if isinstance(one, ast.Name) and not one.id.isupper())
    return found


def _origins(tree: ast.AST) -> dict[int, Origin]:
    """For each alias of a `from … import …`: where it comes from."""
    return {
        id(alias): Origin(node.module or "", node.level, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _reason(one: Occurrence, imports: _Imports) -> str | None:
    """Why the occurrence cannot be probed; None when it can."""
    name = one.symbol
    by_use = {
        "delete": f"{name} is deleted here, so it has no value.",
        "declaration": f"This only declares {name}: no value is stored or read here.",
        "annotation": f"{name} is part of a type annotation, which is no value of the program.",
        "type_parameter": f"{name} names a type here, which is no value of the program.",
        "function": f"{name} is the function defined here: click a name that holds what it returns.",
        "class": f"{name} is the class defined here: click a name that holds one of its objects.",
        "import": f"{name} is a module: click a name that holds a value.",
    }
    if one.use in by_use:
        return by_use[one.use]
    if one.use in ("target", "parameter", "except", "match"):
        return None
    home = one.scope.find(name)
    if home is None:
        if name in _BUILTINS and not one.scope.module.has_star:
            return f"{name} is built into Python: click a name that holds a value of your program."
        return None
    bindings = home.bindings[name] - {"deleted"}
    if bindings == {"import"}:
        return by_use["import"]
    if bindings == {"type_parameter"}:
        return by_use["type_parameter"]
    if bindings and bindings <= {"function", "class", "type_parameter"}:
        kind = "function" if "function" in bindings else "class"
        return f"{name} is a {kind}: click a name that holds what it gives back."
    return imports.refusal(home, name) if bindings == {"from"} else None


def _may_be_value(name: str, roles: set[str]) -> bool:
    """An imported name tells what it is by how it is used: one that is called, or only looked into, is no value; one that is
    never used, by its spelling."""
    if roles:
        return "value" in roles and "callee" not in roles and not (name[:1].isupper() and not name.isupper())
    return name.isupper()


def _symbols_or_failure(file: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as stream:
            return symbols_of_data(file, stream.read())
    except Exception as error:
        return {"failure": str(error)}


def main(arguments: list[str]) -> int:
    sys.setrecursionlimit(20_000)
    if arguments[:1] == ["--all"]:
        _answer([_symbols_or_failure(file) for file in arguments[1:]])
        return 0
    if len(arguments) == 1 and arguments[0] != "-":
        file = arguments[0]
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except OSError as error:
            print(f"Cannot read {file}: {error.strerror}", file=sys.stderr)
            return 2
    elif len(arguments) == 2 and arguments[0] == "-":
        file = arguments[1]
        data = sys.stdin.buffer.read()
    else:
        print("usage: symbols.py FILE | _symbols.py - FILE | _symbols.py --all FILE…", file=sys.stderr)
        return 2
    _answer(symbols_of_data(file, data))
    return 0


def _answer(result: object) -> None:
    sys.stdout.buffer.write(json.dumps(result).encode("ascii") + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
