"""What an imported name is, read from the source of the module it comes from. None of the user's modules is imported or run;
modules of the standard library that are written in C have no source, and are asked themselves."""

from __future__ import annotations

import ast
import os
import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final, Literal

    Kind = Literal["function", "class", "module", "value"]

_MAX_BYTES: Final = 500_000
"""Longer modules take longer to parse than anybody waits for the names of a file."""
_STANDARD: Final = frozenset(sys.builtin_module_names) | {"array", "cmath", "itertools", "math", "select", "zlib"}
"""Modules without a source; those that are files of their own in some builds included."""
_MAX_STEPS: Final = 6
"""So many re-exports are followed, as `from ._impl import name` in the `__init__.py` of a package."""


class Origin(NamedTuple):
    """Where `from module import name` takes its name from; `level` counts the leading dots."""

    module: str
    level: int
    name: str


class _Module(NamedTuple):
    folder: str
    """Where its relative imports begin."""
    kinds: dict[str, set[Kind]]
    origins: dict[str, Origin]
    stars: list[Origin]


class ImportedNames:
    """For the imports of one file. Modules are looked for beside it and on the interpreter's path, and parsed once."""

    def __init__(self, file: str) -> None:
        self._folder = os.path.dirname(os.path.abspath(file))
        self._roots = [self._folder, *sys.path[1:], *_site_folders()]
        self._modules: dict[str, _Module | None] = {}

    def kind(self, origin: Origin) -> Kind | None:
        """None when its source does not tell: there is none, as for modules in C, or it is made in some clever way."""
        return self._kind(origin, self._folder, _MAX_STEPS)

    def _kind(self, origin: Origin, folder: str, steps: int) -> Kind | None:
        if steps == 0:
            return None
        file = self._find(origin.module, origin.level, folder)
        module = None if file is None else self._read(file)
        if module is not None:
            kinds = module.kinds.get(origin.name)
            if kinds is not None:
                return next(iter(kinds)) if len(kinds) == 1 else "value"
            if origin.name in module.origins:
                return self._kind(module.origins[origin.name], module.folder, steps - 1)
            for star in module.stars:
                found = self._kind(star._replace(name=origin.name), module.folder, steps - 1)
                if found is not None:
                    return found
        elif file is None and origin.level == 0:
            compiled = kind_in_c(origin)
            if compiled is not None:
                return compiled
        part = f"{origin.module}.{origin.name}" if origin.module else origin.name
        return "module" if self._find(part, origin.level, folder) is not None else None

    def _find(self, module: str, level: int, folder: str) -> str | None:
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
        path = module.split(".") if module else []
        for root in [folder] if level else self._roots:
            base = os.path.join(root, *path)
            for file in (os.path.join(base, "__init__.py"), base + ".py"):
                if os.path.isfile(file):
                    return file
        return None

    def _read(self, file: str) -> _Module | None:
        if file not in self._modules:
            # Before it is read: modules may import each other.
            self._modules[file] = None
            self._modules[file] = _parse(file)
        return self._modules[file]


def kind_in_c(origin: Origin) -> Kind | None:
    """For what comes from a module of the standard library; None for all others. One of the same name beside the program is
    none of these: its source is found before."""
    if origin.level or origin.module not in _STANDARD:
        return None
    try:
        value = getattr(__import__(origin.module, fromlist=[origin.name]), origin.name)
    except (ImportError, AttributeError):
        return None
    if isinstance(value, type):
        return "class"
    if isinstance(value, ModuleType):
        return "module"
    return "function" if callable(value) else "value"


def _parse(file: str) -> _Module | None:
    try:
        with open(file, "rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data, filename=file)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = _Module(os.path.dirname(file), {}, {}, [])
    for statement in _statements(tree.body):
        _bind(module, statement)
    return module


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that run when the module is imported, also within `if`, `try` and `with`."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.If, ast.Try, ast.With)):
            for inner in ast.iter_child_nodes(statement):
                if isinstance(inner, ast.stmt):
                    yield from _statements([inner])
                elif isinstance(inner, ast.ExceptHandler):
                    yield from _statements(inner.body)


def _bind(module: _Module, statement: ast.stmt) -> None:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        module.kinds.setdefault(statement.name, set()).add("function")
    elif isinstance(statement, ast.ClassDef):
        module.kinds.setdefault(statement.name, set()).add("class")
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            module.kinds.setdefault(alias.asname or alias.name.partition(".")[0], set()).add("module")
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            origin = Origin(statement.module or "", statement.level, alias.name)
            if alias.name == "*":
                module.stars.append(origin)
            else:
                module.origins[alias.asname or alias.name] = origin
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for node in (node for target in targets for node in ast.walk(target)):
            if isinstance(node, ast.Name):
                module.kinds.setdefault(node.id, set()).add("value")


def _site_folders() -> list[str]:
    """Where packages are installed. The interpreter was started without them: their start-up files are not to be run."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    roots = dict.fromkeys((os.path.dirname(os.path.dirname(sys.executable or "")), sys.prefix))
    inner = [("Lib", "site-packages")] if os.name == "nt" else [("lib", version, "site-packages")]
    return [os.path.join(root, *parts) for root in roots if root for parts in inner]
