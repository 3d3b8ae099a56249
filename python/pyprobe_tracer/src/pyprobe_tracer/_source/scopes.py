"""Which names a scope binds, and how: enough of Python's scoping to say what a name is before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["module", "function", "class", "comprehension"]
    Binding = Literal["value", "import", "from", "function", "class", "deleted", "type_parameter"]


class Scope:
    def __init__(self, kind: Kind, parent: Scope | None) -> None:
        self.kind = kind
        self.parent = parent
        self.bindings: dict[str, set[Binding]] = {}
        self.has_star = False
        """`from m import *` binds names that nobody can see here."""
        self._globals: set[str] = set()
        self._nonlocals: set[str] = set()

    def declare(self, name: str, *, is_global: bool) -> None:
        (self._globals if is_global else self._nonlocals).add(name)

    def bind(self, name: str, binding: Binding) -> None:
        scope = self._home(name)
        scope.bindings.setdefault(name, set()).add(binding)

    def find(self, name: str) -> Scope | None:
        """The scope whose variable a use of the name here means; None for one that no scope binds."""
        scope: Scope | None = self._home(name)
        is_first = True
        while scope is not None:
            if name in scope.bindings and (is_first or scope.kind != "class"):
                return scope
            is_first = False
            scope = scope.parent
        return None

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def _home(self, name: str) -> Scope:
        if name in self._globals:
            return self.module
        if name in self._nonlocals:
            scope = self.parent
            while scope is not None and scope.parent is not None:
                if scope.kind == "function" and name in scope.bindings:
                    return scope
                scope = scope.parent
        return self
