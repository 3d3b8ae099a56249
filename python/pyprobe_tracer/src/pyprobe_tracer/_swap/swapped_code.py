"""Code objects with the sites of their probes in them (CPython 3.9 to 3.11).

A `Recipe` knows the sites of one code object of a file, and keeps what making them took: another site costs its own
instructions. A `LoadedCode` is that code object as the program has loaded it, once or more often, with its swapped form.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from .._place.bytecode import parameter_loads
from .splice import Anatomy
from .stubs import MORE_STACK, Entry, Use, Writer, address_prefixes, entry_stub, target_stub, use_stub
from .switch import Head, connect

if TYPE_CHECKING:
    from types import CodeType
    from typing import Callable, Final

    from .._place.bytecode import NameUse
    from .hooks import ProbedFunction, SwapPlace
    from .splice import Spliced, Stub

_TARGETS: Final = ("attribute", "subscript")
_STUB_BYTES: Final = 400
"""More than any stub has."""


class Site(NamedTuple):
    """One place at one instruction, or at the begin of the code (without `use`: of a parameter)."""

    place: SwapPlace
    use: NameUse | None
    name: str
    """Of the parameter."""


class Recipe:
    """What is put into one code object."""

    def __init__(self, plain: CodeType) -> None:
        self.plain = plain
        self.anatomy = Anatomy(plain)
        self.sites: tuple[Site, ...] = ()
        self.function: ProbedFunction | None = None
        """Whose calls begin here."""
        self.consts: list[object] = []
        """Constants in addition to those of the plain code."""
        self._spliced: tuple[Spliced, list[Head]] | None = None
        self._stubs: dict[tuple[int, ...], tuple[Stub, list[Head]]] = {}
        """By offset and the addresses of what is called there, which the constants keep."""
        self._prefixes = 0

    @property
    def is_empty(self) -> bool:
        return not self.sites and self.function is None

    def change(self, sites: tuple[Site, ...], function: ProbedFunction | None) -> None:
        self.sites = sites
        self.function = function
        self._spliced = None
        if self.is_empty:
            self.consts = []
            self._stubs = {}

    def spliced(self) -> tuple[Spliced, list[Head]]:
        if self._spliced is None:
            prefixes = address_prefixes(self.plain, _STUB_BYTES * (len(self.sites) + 1))
            if prefixes != self._prefixes:
                self._prefixes = prefixes
                self._stubs = {}
            made = self._all_stubs()
            heads_of = {id(stub): heads for stub, heads in made}
            result = self.anatomy.splice([stub for stub, _ in made])
            heads = [
                Head(head.switch, address + head.offset, head.distance)
                for stub, address in result.stubs
                for head in heads_of[id(stub)]
            ]
            self._spliced = result, heads
        return self._spliced

    def _all_stubs(self) -> list[tuple[Stub, list[Head]]]:
        made = []
        entries = [Entry(self.function.switch, self.function.enter, None)] if self.function is not None else []
        targets: dict[int, list[Use]] = {}
        for place, use, name in self.sites:
            if use is None:
                entries.append(Entry(place.switch, place.hook, parameter_loads(self.plain)[name]))
                continue
            hooked = Use(place.switch, place.hook, use.offset, use.after)
            if use.kind in _TARGETS:
                targets.setdefault(use.offset, []).append(hooked)
            else:
                made.append(self._stub((use.offset, id(place.hook)), partial(use_stub, use=hooked)))
        for offset, uses in targets.items():
            made.append(self._stub((offset, *[id(use.hook) for use in uses]), partial(target_stub, uses=uses)))
        if entries:
            made.append(self._stub((-1, *[id(entry.hook) for entry in entries]), partial(entry_stub, entries=entries)))
        return made

    def _stub(self, key: tuple[int, ...], make: Callable[[Anatomy, Writer], Stub]) -> tuple[Stub, list[Head]]:
        known = self._stubs.get(key)
        if known is None:
            writer = Writer(len(self.plain.co_consts), self.consts, self._prefixes)
            stub = make(self.anatomy, writer)
            known = self._stubs[key] = stub, writer.heads
        return known


class Version(NamedTuple):
    """A swapped code object that somebody may run."""

    code: ref[CodeType]
    loaded: LoadedCode
    spliced: Spliced | None
    places: frozenset[int]
    """Addresses of the places that it has sites of, in itself or in code that it makes; it keeps them alive."""


class LoadedCode:
    """One code object that the program loaded, and the form in which its functions run now."""

    def __init__(self, original: CodeType, plain: CodeType) -> None:
        self.original = original
        self.plain = plain
        self.swapped: CodeType | None = None
        self.is_stale = True
        self.places: frozenset[int] = frozenset()
        """As in the newest version."""
        self.nested: dict[int, LoadedCode] = {}
        """By their index in the constants."""

    @property
    def current(self) -> CodeType:
        return self.original if self.swapped is None else self.swapped

    def swap(self, recipe: Recipe | None) -> Version | None:
        """With the recipe as it is now; those that are nested must have been swapped. None when nothing is put in."""
        self.is_stale = False
        self.swapped = None
        sites = recipe.sites if recipe is not None else ()
        self.places = frozenset([id(site.place) for site in sites]).union(*(inner.places for inner in self.nested.values()))
        consts = list(self.original.co_consts)
        changes = 0
        for index, inner in self.nested.items():
            changes += inner.current is not inner.original
            consts[index] = inner.current
        if recipe is None or recipe.is_empty:
            if not changes:
                return None
            self.swapped = self.original.replace(co_consts=tuple(consts))
            return Version(ref(self.swapped), self, None, self.places)
        spliced, heads = recipe.spliced()
        self.swapped = self.original.replace(
            co_consts=(*consts, *recipe.consts),
            co_stacksize=self.original.co_stacksize + MORE_STACK,
            **spliced.fields,
        )
        connect(self.swapped, heads)
        return Version(ref(self.swapped), self, spliced, self.places)
