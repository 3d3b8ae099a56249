"""The probes of one file and its code, in all its forms (CPython 3.9 to 3.11). Everything here runs under the placer's lock.

The index of the file's source has the plain code objects, by whose addresses all else is known. What the program has loaded is
equal to them, and is swapped by the recipes that the probes make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from .._place.anchors import is_same_name
from .._place.bytecode import parameter_loads
from .._place.discovery import functions_of, functions_with, running_frames
from .hooks import ProbedFunction, SwapPlace, target_read
from .swapped_code import LoadedCode, Recipe, Site, Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FunctionType
    from typing import Callable, Final

    from .._hit.calls import Clerk
    from .._hit.hits import Anchor, CaptureFn
    from .file_index import FileIndex, Spot

    Fault = Callable[[str, BaseException], None]

_NEW_LOCALS: Final = 0x2
"""Code flag of functions."""


class SwapProbe:
    """A wish, and its places once they are found in the source."""

    def __init__(self, probe_id: str, anchor: Anchor, capture: CaptureFn) -> None:
        self.id = probe_id
        self.anchor = anchor
        self.capture = capture
        self.spots: list[Spot] = []
        self.places: dict[int, SwapPlace] = {}
        """By the address of the plain code. One place serves all spots there: a `finally` is compiled more than once."""
        self.is_resting = False
        self.is_waiting = False
        """It was said to be pending."""


class ProbedFile:
    """What is known of a file's code while there are probes in it."""

    def __init__(self, belongs: Callable[[str], bool], clerk: Clerk) -> None:
        self.probes: list[SwapProbe] = []
        self.index: FileIndex | None = None
        self.is_instrumented = False
        """Its top level was compiled with hooks in it."""
        self.belongs = belongs
        self._clerk = clerk
        self._recipes: dict[int, Recipe] = {}
        """By the address of the plain code, as are functions."""
        self._functions: WeakValueDictionary[int, ProbedFunction] = WeakValueDictionary()
        self._places: WeakValueDictionary[tuple[object, ...], SwapPlace] = WeakValueDictionary()
        """Places that serve, or that code which runs has sites of."""
        self._loaded: dict[int, LoadedCode] = {}
        """By the address of the original, which it keeps."""
        self._by_plain: dict[int, list[LoadedCode]] = {}
        """The same by the address of the plain code."""
        self._versions: dict[int, Version] = {}
        """By the address of a swapped code object."""
        self._is_scanned = False
        self._alive: set[int] = set()
        """Addresses of the plain code of functions that exist."""

    @property
    def module(self) -> CodeType | None:
        return None if self.index is None else self.index.module

    # -- what is known -------------------------------------------------------------------------------------------------

    def plain_of(self, code: CodeType) -> CodeType | None:
        version = self._version(code)
        if version is not None:
            return version.loaded.plain
        known = self._loaded.get(id(code))
        if known is not None:
            return known.plain
        return None if self.index is None else self.index.plain_of(code)

    def has_sites(self, code: CodeType, probe: SwapProbe) -> bool:
        """Do frames with this code hit the probe?"""
        version = self._version(code)
        return version is not None and any(id(place) in version.places for place in probe.places.values())

    def offset_in(self, code: CodeType, offset: int) -> int:
        """Where an instruction of the plain code is in one that is known."""
        version = self._version(code)
        if version is None or version.spliced is None:
            return offset
        start = self._recipe(version.loaded.plain).anatomy.start_of(offset)
        return version.spliced.moved.instruction(start) + offset - start

    def is_alive(self, probe: SwapProbe) -> bool:
        """Is there a function that hits the probe when it is called, or that makes such a function?"""
        for spot in probe.spots:
            around: CodeType | None = spot.code
            while around is not None and self.index is not None:
                if id(around) in self._alive and around is not self.module:
                    return True
                around = self.index.outer_of(around)
        return False

    def is_top_level(self, probe: SwapProbe) -> bool:
        """Is the probe in code that runs once, when the file is loaded?"""
        return all(spot.owner is self.module or not spot.owner.co_flags & _NEW_LOCALS for spot in probe.spots)

    def has_run(self) -> bool:
        return self.is_instrumented or bool(self._alive)

    def fork_child(self) -> None:
        for function in list(self._functions.values()):
            function.log.fork_child()

    def is_outrun(self) -> bool:
        """Does code run that makes functions without the sites which they should have by now?"""
        for _, frame in running_frames():
            code = frame.f_code
            plain = self.plain_of(code) if self.belongs(code.co_filename) else None
            if plain is not None and self._makes_probed_functions(plain):
                version = self._version(code)
                if version is None or version.loaded.current is not code:
                    return True
        return False

    def _makes_probed_functions(self, plain: CodeType) -> bool:
        for recipe in self._recipes.values():
            around = None if recipe.is_empty or self.index is None else self.index.outer_of(recipe.plain)
            while around is not None and self.index is not None:
                if around is plain:
                    return True
                around = self.index.outer_of(around)
        return False

    def _version(self, code: CodeType) -> Version | None:
        version = self._versions.get(id(code))
        return version if version is not None and version.code() is code else None

    # -- sites ---------------------------------------------------------------------------------------------------------

    def place(self, probe: SwapProbe, on_fault: Fault) -> None:
        """Puts the probe's sites into the recipes. Raises PlaceError."""
        assert self.index is not None
        probe.spots = self.index.spots(probe.anchor)
        for spot in probe.spots:
            if id(spot.code) not in probe.places:
                place = probe.places[id(spot.code)] = self._take_place(probe.anchor, spot)
                place.serve(probe.id, probe.capture, on_fault)
                name = next((name for name in parameter_loads(spot.code) if is_same_name(name, probe.anchor.symbol)), "")
                sites = [Site(place, other.use, name) for other in probe.spots if other.code is spot.code]
                self._change(spot.code, (*self._recipe(spot.code).sites, *sites))
                self._see_begin(place.function)
        if not probe.is_resting:
            for place in probe.places.values():
                place.arm()

    def unplace(self, probe: SwapProbe) -> None:
        places = list(probe.places.values())
        gone = {id(place) for place in places}
        for place in places:
            place.remove()
        for spot in probe.spots:
            sites = self._recipe(spot.code).sites
            self._change(spot.code, tuple([site for site in sites if id(site.place) not in gone]))
        for place in places:
            self._see_begin(place.function)
        probe.places = {}
        probe.spots = []

    def reset(self, index: FileIndex) -> None:
        """For another version of the file. Functions that were loaded before get their own code back when they are swept."""
        for probe in self.probes:
            for place in probe.places.values():
                place.remove()
            probe.places = {}
            probe.spots = []
        self.index = index
        self._recipes = {}
        self._loaded = {}
        self._by_plain = {}
        self._functions = WeakValueDictionary()
        self._places = WeakValueDictionary()
        self._is_scanned = False

    def _take_place(self, anchor: Anchor, spot: Spot) -> SwapPlace:
        """A place of this spot that no probe has; one that code which runs has a site of, if there is."""
        for number in range(len(self.probes) + 1):
            which = (id(spot.code), anchor.line, anchor.column, anchor.context, anchor.symbol, number)
            known = self._places.get(which)
            if known is None:
                break
            if not known.probe_id and known.function is self._function(spot.owner):
                return known
        use = spot.use
        read = target_read(use.name) if use is not None and use.kind in ("attribute", "subscript") else None
        known = self._places[which] = SwapPlace(self._function(spot.owner), spot.levels, read)
        return known

    def _function(self, plain: CodeType) -> ProbedFunction:
        known = self._functions.get(id(plain))
        if known is None:
            known = self._functions[id(plain)] = ProbedFunction(plain, self._clerk)
            for loaded in self._by_plain.get(id(plain), ()):
                known.known_as(loaded.original)
            for code, version in self._running_versions():
                if version.loaded.plain is plain:
                    known.known_as(code)
        return known

    def _recipe(self, plain: CodeType) -> Recipe:
        known = self._recipes.get(id(plain))
        if known is None:
            known = self._recipes[id(plain)] = Recipe(plain)
        return known

    def _see_begin(self, function: ProbedFunction) -> None:
        """While a place belongs to its calls."""
        recipe = self._recipe(function.plain)
        wanted = function if function.places else None
        if recipe.function is not wanted:
            recipe.change(recipe.sites, wanted)
            self._make_stale(function.plain)

    def _change(self, plain: CodeType, sites: tuple[Site, ...]) -> None:
        recipe = self._recipe(plain)
        recipe.change(sites, recipe.function)
        self._make_stale(plain)

    def _make_stale(self, plain: CodeType) -> None:
        """The code, and all code around it, which has it among its constants."""
        around: CodeType | None = plain
        while around is not None and self.index is not None:
            for loaded in self._by_plain.get(id(around), ()):
                loaded.is_stale = True
            around = self.index.outer_of(around)

    # -- swapping ------------------------------------------------------------------------------------------------------

    def swapped(self, original: CodeType) -> CodeType | None:
        """What the program should run in place of the code now; None when it is not of this source."""
        loaded = self._load(original)
        if loaded is None:
            return None
        self._swap(loaded)
        return loaded.current

    def sweep(self, functions: list[FunctionType] | None = None) -> bool:
        """Gives live functions of the file the code that they should have now: `functions`, when they were all looked for just
        now; once they were, those whose code has changed are enough. Is there one that the source does not explain?"""
        is_thorough = functions is not None or not self._is_scanned
        if functions is None:
            functions = list(self._changed_functions()) if self._is_scanned else functions_of(self.belongs)
        self._is_scanned = True
        alive = set()
        has_foreign = False
        for function in functions:
            code = function.__code__
            version = self._version(code)
            original = code if version is None else version.loaded.original
            wanted = self.swapped(original)
            if wanted is None:
                has_foreign = True
                wanted = original
            else:
                alive.add(id(self._loaded[id(original)].plain))
            if wanted is not code and wanted.co_freevars == code.co_freevars:
                function.__code__ = wanted
        self._alive = alive if is_thorough else self._alive | alive
        return has_foreign

    def _load(self, original: CodeType) -> LoadedCode | None:
        """The code object with all that are nested in it."""
        known = self._loaded.get(id(original))
        if known is not None:
            return known
        plain = None if self.index is None else self.index.plain_of(original)
        if plain is None:
            return None
        made = self._loaded[id(original)] = LoadedCode(original, plain)
        self._by_plain.setdefault(id(plain), []).append(made)
        function = self._functions.get(id(plain))
        if function is not None:
            function.known_as(original)
        for index, const in enumerate(original.co_consts):
            inner = self._load(const) if type(const) is type(original) else None
            if inner is not None:
                made.nested[index] = inner
        return made

    def _swap(self, loaded: LoadedCode) -> None:
        if not loaded.is_stale:
            return
        for inner in loaded.nested.values():
            self._swap(inner)
        version = loaded.swap(self._recipes.get(id(loaded.plain)))
        code = loaded.swapped
        if version is None or code is None:
            return
        self._versions = {id(known): one for known, one in self._running_versions()}
        self._versions[id(code)] = version
        function = self._functions.get(id(loaded.plain))
        if function is not None:
            function.known_as(code)

    def _changed_functions(self) -> Iterator[FunctionType]:
        codes = [loaded.original for loaded in self._loaded.values() if loaded.is_stale]
        codes += [code for code, version in self._running_versions() if version.loaded.is_stale]
        return functions_with(codes)

    def _running_versions(self) -> Iterator[tuple[CodeType, Version]]:
        for version in list(self._versions.values()):
            code = version.code()
            if code is not None:
                yield code, version
