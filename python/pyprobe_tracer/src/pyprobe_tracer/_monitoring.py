"""Hits through `sys.monitoring` (CPython 3.12 and later): instruction events on the probed code objects only.

Owns the tables that the callbacks look into. The callbacks run in the program's threads, at hits; everything else runs
under the placer's lock. Tables change by single dict operations, so a callback sees the old entry or the new one.

The first line of business at a hit is the one case that matters for speed: one local variable of a function, one probe at
the instruction. All else (several probes at one instruction, equal offsets in two functions, module level, attributes)
takes one more step.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._calls import CallLog, Clerk
from ._faults import is_ours
from ._raw_reads import read_local
from ._tools import DISABLE, INSTRUCTION, NO_EVENTS, PY_RESUME, PY_START, Tools

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Final

    from ._anchors import Site
    from ._calls import Call
    from ._hits import CaptureFn

    Read = Callable[[FrameType, str], object]
    Fault = Callable[[str, BaseException], None]

_GENERATORS: Final = 0x20 | 0x200
"""Code flags of generators and asynchronous generators, which can go on in another thread than they began in."""


class Place:
    """One site of one probe."""

    __slots__ = ("calls", "capture", "code", "expected", "home", "index", "is_on", "name", "probe_id", "read", "site")

    def __init__(self, home: MonitoredCode, site: Site, read: Read, probe_id: str, capture: CaptureFn) -> None:
        self.code: CodeType | None = home.code
        self.name = site.name
        self.calls: dict[int, Call] = home.log.live
        self.index = home.index_of(site)
        self.capture = capture
        self.read = read
        self.site = site
        self.probe_id = probe_id
        self.home = home
        self.is_on = False
        self.expected: set[int] = set()

    @property
    def is_simple(self) -> bool:
        return self.site.guard is None and self.read is read_local


class Crowd:
    """Stands in the table for everything that the fast path does not do. Its `code` is no code object."""

    __slots__ = ("alone", "code", "places")

    def __init__(self, places: list[Place]) -> None:
        self.code = None
        self.places = places
        codes = [id(place.code) for place in places]  # equal code is not the same code
        self.alone = {id(place.code): place for place in places if place.is_simple and codes.count(id(place.code)) == 1}
        """By address of their code, places that are like one that has the offset for itself."""


class MonitoredCode:
    """One code object with its places: which events it needs now."""

    __slots__ = ("_free", "code", "entries", "is_resting", "log", "places", "resumes", "starts")

    def __init__(self, code: CodeType, clerk: Clerk) -> None:
        self.code = code
        self.log = CallLog(code, clerk)
        self.places: list[Place] = []
        self.entries: list[Place] = []
        self.resumes = PY_RESUME if code.co_flags & _GENERATORS else 0
        self.is_resting = True
        self.starts: tuple[Place, ...] = ()
        """The entries that are on."""
        self._free: dict[Site, int] = {}

    def index_of(self, site: Site) -> int:
        """Where calls count the hits of a place here. A place that is put back counts on."""
        index = self._free.pop(site, None)
        return self.log.new_place() if index is None else index

    def drop(self, place: Place) -> None:
        self.places = [other for other in self.places if other is not place]
        self.entries = [other for other in self.entries if other is not place]
        self._free[place.site] = place.index
        self.refresh()

    def refresh(self) -> None:
        """After a place was switched."""
        self.starts = tuple([place for place in self.entries if place.is_on])
        self.is_resting = not self.starts and not any(place.is_on for place in self.places)

    def events(self) -> int:
        if any(place.is_on for place in self.places):
            return int(PY_START | INSTRUCTION | self.resumes)
        if self.starts:
            return int(PY_START | self.resumes)
        # At rest, one start tells that what is known of the running calls is out of date (see `_make_on_start`).
        return int(PY_START)


class Monitoring:
    """The mechanism: places sites, switches them, and is told of hits."""

    def __init__(self, clerk: Clerk, on_fault: Fault, on_code: Callable[[CodeType], None]) -> None:
        self._tools = Tools()
        self._clerk = clerk
        self._on_fault = on_fault
        self._on_code = on_code
        self._table: dict[int, Place | Crowd] = {}
        self._homes: dict[int, MonitoredCode] = {}
        self._keeps_homes = False
        tools = self._tools
        on_instruction = _make_on_instruction(self._table, self._several, self._again, self._rest_at_hit, self._fail)
        tools.listen(INSTRUCTION, on_instruction, tool=tools.first)
        tools.listen(PY_RESUME, self._on_resume, tool=tools.first)
        on_start = _make_on_start(self._homes, self._capture, None if tools.are_two else on_code)
        tools.listen(PY_START, on_start, tool=tools.first)
        if tools.are_two:
            tools.listen(PY_START, self._on_any_code, tool=tools.second)

    def discover(self, is_on: bool) -> None:
        """Whether to be told of every code object that starts."""
        self._tools.set_discovery(is_on)

    def place(self, code: CodeType, site: Site | None, read: Read, *, probe_id: str, capture: CaptureFn, name: str) -> Place:
        """A place that rests; without a site, at the entry of the function."""
        home = self._homes.get(id(code))
        if home is None:
            home = self._homes[id(code)] = MonitoredCode(code, self._clerk)
            self._tools.secure(code)
        place = Place(home, site if site is not None else _entry_site(name), read, probe_id, capture)
        if site is None:
            home.entries = [*home.entries, place]
        else:
            home.places = [*home.places, place]
        return place

    def arm(self, places: list[Place]) -> None:
        """Toggles each code object once, and only where a place was at rest."""
        homes = []
        for place in places:
            if not place.is_on:
                if place.home.is_resting and place.home.log.is_outdated:
                    place.home.log.forget()
                place.is_on = True
                self._refresh(place)
                if place.home not in homes:
                    homes.append(place.home)
        for home in homes:
            self._tools.set_local(home.code, home.events())

    def rest(self, places: list[Place]) -> None:
        for place in places:
            if place.is_on:
                self._switch_off(place)
        for home in {id(place.home): place.home for place in places}.values():
            if home.is_resting:
                self._tools.set_local(home.code, home.events())

    def remove(self, places: list[Place]) -> None:
        for place in places:
            home = place.home
            self._switch_off(place)
            home.drop(place)
            is_kept = home.places or home.entries or self._keeps_homes
            self._tools.set_local(home.code, home.events() if is_kept else NO_EVENTS)
            if not is_kept:
                self._homes.pop(id(home.code), None)

    def fork_child(self) -> None:
        """What is known of the calls under way is kept from now on, also when all probes go: the child puts its own there."""
        self._keeps_homes = True
        for home in self._homes.values():
            home.log.fork_child()

    def close(self) -> None:
        self._tools.set_discovery(False)
        for home in list(self._homes.values()):
            self._tools.set_local(home.code, NO_EVENTS)
        self._homes.clear()
        self._table.clear()
        self._tools.close()

    def _switch_off(self, place: Place) -> None:
        place.is_on = False
        self._refresh(place)

    def _refresh(self, place: Place) -> None:
        place.home.refresh()
        for offset in (place.site.offset, place.site.guard):
            if offset is not None and offset >= 0:
                self._refresh_offset(offset)

    def _refresh_offset(self, offset: int) -> None:
        here = [
            place
            for home in list(self._homes.values())
            for place in home.places
            if place.is_on and offset in (place.site.offset, place.site.guard)
        ]
        if not here:
            self._table.pop(offset, None)
        elif len(here) == 1 and here[0].is_simple:
            self._table[offset] = here[0]
        else:
            here.sort(key=lambda place: place.site.order)
            self._table[offset] = Crowd(here)

    # -- the program's threads, inside events ---------------------------------------------------------------------------

    def _on_resume(self, code: CodeType, offset: int) -> object:
        home = self._homes.get(id(code))
        if home is not None:
            home.log.resume(sys._getframe(1))
        return None

    def _on_any_code(self, code: CodeType, offset: int) -> object:
        """Any function begins for the first time while probes exist."""
        self._on_code(code)
        return DISABLE

    def _several(self, code: CodeType, offset: int) -> object:
        """The long way round, for all that a `Crowd` stands for."""
        frame = sys._getframe(2)
        entry = self._table.get(offset)
        if entry is None:
            return DISABLE
        stays = False
        for place in entry.places if isinstance(entry, Crowd) else (entry,):
            if place.code is code and place.is_on:
                stays |= self._pass(place, frame, offset)
        return None if stays else DISABLE

    def _pass(self, place: Place, frame: FrameType, offset: int) -> bool:
        guard = place.site.guard
        if guard == offset:
            place.expected.add(id(frame))
            return True
        if guard is not None:
            if id(frame) not in place.expected:
                return True
            place.expected.discard(id(frame))
        return self._hit(place, frame)

    def _again(self, place: Place) -> object:
        """The activation is not known yet, began before the place was made, or the variable has no value now."""
        return None if self._hit(place, sys._getframe(2)) else DISABLE

    def _hit(self, place: Place, frame: FrameType) -> bool:
        """False when the place rests from now on."""
        try:
            log = place.home.log
            call = log.live.get(id(frame))
            if call is None:
                call = log.start(frame)
            if len(call) <= place.index:
                log.widen(call)
        except Exception as error:
            self._fail(place, error)
            return False
        return self._capture(place, frame, call)

    def _capture(self, place: Place, frame: FrameType, call: Call) -> bool:
        try:
            try:
                value = place.read(frame, place.name)
            except KeyError:  # not bound (any more)
                return True
            index = place.index
            call[index] = hit = call[index] + 1
            if not place.capture(value, call[0], hit):
                return True
            self._switch_off(place)
        except Exception as error:
            self._fail(place, error)
        return False

    def _rest_at_hit(self, place: Place) -> object:
        self._switch_off(place)
        return DISABLE

    def _fail(self, place: Place, error: BaseException) -> object:
        """What went wrong at a hit stays with us, unless a signal handler of the program raised it."""
        if not is_ours(error):
            raise error
        self._switch_off(place)
        self._on_fault(place.probe_id, error)
        return DISABLE


def _entry_site(name: str) -> Site:
    from ._anchors import Site

    return Site(-1, name, "fast", None, (-1, 0))


def _make_on_start(
    homes: dict[int, MonitoredCode],
    at_entry: Callable[[Place, FrameType, Call], object],
    on_code: Callable[[CodeType], None] | None,
) -> Callable[[CodeType, int], object]:
    """The callback of every start of a probed function; of any other code too (`on_code`) where there was but one slot."""
    getframe = sys._getframe
    disable = DISABLE
    address = id

    def on_start(code: CodeType, offset: int) -> object:
        if on_code is not None and address(code) not in homes:
            on_code(code)
        home = homes.get(address(code))
        if home is None:
            return disable
        if home.is_resting:
            home.log.is_outdated = True
            return disable
        try:
            frame = getframe(1)
            call = home.log.start(frame)
        except Exception as error:
            if not is_ours(error):
                raise
            return None
        for place in home.starts:
            at_entry(place, frame, call)
        return None

    return on_start


def _make_on_instruction(
    table: dict[int, Any],
    several: Callable[[CodeType, int], object],
    again: Callable[[Place], object],
    rest: Callable[[Place], object],
    fail: Callable[[Place, BaseException], object],
) -> Callable[[CodeType, int], object]:
    """The callback of every hit; everything it needs is in its cells."""
    getframe = sys._getframe
    references = sys.getrefcount
    disable = DISABLE
    address = id

    def on_instruction(code: CodeType, offset: int) -> object:
        if offset not in table:
            return disable
        try:
            place = table[offset]
            if place.code is not code:
                if place.code is not None or address(code) not in place.alone:
                    return several(code, offset)
                place = place.alone[address(code)]
            frame = getframe(1)
            call = place.calls[address(frame)]
            value = frame.f_locals[place.name]
            index = place.index
            call[index] = hit = call[index] + 1
        except (KeyError, IndexError):
            place = table.get(offset)
            if place is not None and place.code is None:
                return several(code, offset)
            return disable if place is None or place.code is not code else again(place)
        try:
            if place.capture(value, call[0], hit):
                return rest(place)
        except Exception as error:
            return fail(place, error)
        return None

    def on_instruction_3_12(code: CodeType, offset: int) -> object:
        if offset not in table:
            return disable
        try:
            place = table[offset]
            if place.code is not code:
                if place.code is not None or address(code) not in place.alone:
                    return several(code, offset)
                place = place.alone[address(code)]
            frame = getframe(1)
            call = place.calls[address(frame)]
            variables = frame.f_locals
            value = variables[place.name]
            if references(variables) <= 3:  # as in `read_local`
                variables.clear()
            index = place.index
            call[index] = hit = call[index] + 1
        except (KeyError, IndexError):
            place = table.get(offset)
            if place is not None and place.code is None:
                return several(code, offset)
            return disable if place is None or place.code is not code else again(place)
        try:
            if place.capture(value, call[0], hit):
                return rest(place)
        except Exception as error:
            return fail(place, error)
        return None

    return on_instruction if sys.version_info >= (3, 13) else on_instruction_3_12
