"""Where probes are placed in code that `sys.monitoring` watches (CPython 3.12 and later), and how hits find them.

The table changes under the placer's lock, by single dict operations; callbacks in the program's threads look into it without
one, and see the old entry or the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._hit.calls import CallLog, Clerk
from .._hit.raw_reads import read_local
from .tools import INSTRUCTION, PY_RESUME, PY_START

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Callable, Final

    from .._hit.calls import Call
    from .._hit.hits import CaptureFn
    from .._place.anchors import Site

    Read = Callable[[FrameType, str], object]

_GENERATORS: Final = 0x20 | 0x200
"""Code flags of generators and asynchronous generators, which can go on in another thread than they began in."""


class Place:
    """One site of one probe."""

    __slots__ = (
        "calls",
        "capture",
        "code",
        "expected",
        "home",
        "index",
        "is_on",
        "log",
        "name",
        "probe_id",
        "read",
        "site",
    )

    def __init__(self, home: MonitoredCode, site: Site, read: Read, probe_id: str, capture: CaptureFn) -> None:
        self.code: CodeType | None = home.code
        self.name = site.name
        self.log = home.log
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

    __slots__ = ("_free", "_resumes", "code", "entries", "is_new", "is_resting", "log", "places", "starts")

    def __init__(self, code: CodeType, clerk: Clerk) -> None:
        self.code = code
        self.log = CallLog(code, clerk)
        self.places: list[Place] = []
        self.entries: list[Place] = []
        self.is_new = True
        """Its events were never set."""
        self.is_resting = True
        self.starts: tuple[Place, ...] = ()
        """The entries that are on."""
        self._resumes = PY_RESUME if code.co_flags & _GENERATORS else 0
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
            return int(PY_START | INSTRUCTION | self._resumes)
        if self.starts:
            return int(PY_START | self._resumes)
        # At rest, one start tells that what is known of the running calls is out of date.
        return int(PY_START)


class PlaceTable:
    """All places of the process: by code, and those that are on by the offset of their instruction."""

    def __init__(self, clerk: Clerk) -> None:
        self.homes: dict[int, MonitoredCode] = {}
        """By address of their code, which they keep alive."""
        self.by_offset: dict[int, Place | Crowd] = {}
        self._clerk = clerk

    def home(self, code: CodeType) -> MonitoredCode:
        home = self.homes.get(id(code))
        if home is None:
            home = self.homes[id(code)] = MonitoredCode(code, self._clerk)
        return home

    def switch(self, place: Place, is_on: bool) -> None:
        place.is_on = is_on
        place.home.refresh()
        for offset in (place.site.offset, place.site.guard):
            if offset is not None and offset >= 0:
                self._refresh_offset(offset)

    def _refresh_offset(self, offset: int) -> None:
        here = [
            place
            for home in list(self.homes.values())
            for place in home.places
            if place.is_on and offset in (place.site.offset, place.site.guard)
        ]
        if not here:
            self.by_offset.pop(offset, None)
        elif len(here) == 1 and here[0].is_simple:
            self.by_offset[offset] = here[0]
        else:
            here.sort(key=lambda place: place.site.order)
            self.by_offset[offset] = Crowd(here)
