"""The mechanism of CPython 3.12 and later: instruction events of `sys.monitoring`, on the probed code objects only.

Places sites and switches them, under the placer's lock. What happens at hits is in `hits`.
"""

from __future__ import annotations

from dis import get_instructions
from typing import TYPE_CHECKING

from .._hit.raw_reads import read_local
from .._hit.rehearsal import VALUE, cost_ns
from .._place.anchors import Site
from .hits import HitEvents, instruction_callback, start_callback
from .places import Place, PlaceTable
from .tools import DISABLE, INSTRUCTION, NO_EVENTS, PY_RESUME, PY_START, Tools

if TYPE_CHECKING:
    from types import CodeType
    from typing import Callable

    from .._hit.calls import Clerk
    from .._hit.hits import CaptureFn
    from .hits import Fault
    from .places import MonitoredCode, Read


class Monitoring:
    """Holds the interpreter's monitoring slots from construction to `close`."""

    def __init__(self, clerk: Clerk, on_fault: Fault, on_code: Callable[[CodeType], None]) -> None:
        self._tools = Tools()
        self._table = PlaceTable(clerk)
        self._on_code = on_code
        self._keeps_homes = False
        events = HitEvents(self._table, on_fault)
        tools = self._tools
        tools.listen(INSTRUCTION, instruction_callback(events), tool=tools.first)
        tools.listen(PY_RESUME, events.resume, tool=tools.first)
        tools.listen(PY_START, start_callback(events, None if tools.are_two else on_code), tool=tools.first)
        if tools.are_two:
            tools.listen(PY_START, self._on_any_code, tool=tools.second)

    def discover(self, is_on: bool) -> None:
        """Whether to be told of every code object that starts."""
        self._tools.set_discovery(is_on)

    def place(self, code: CodeType, site: Site | None, read: Read, *, probe_id: str, capture: CaptureFn, name: str) -> Place:
        """A place that rests; without a site, at the entry of the function."""
        home = self._table.home(code)
        if home.is_new:
            self._tools.secure(code)
        place = Place(home, site if site is not None else _entry_site(name), read, probe_id, capture)
        if site is None:
            home.entries = [*home.entries, place]
        else:
            home.places = [*home.places, place]
        return place

    def arm(self, places: list[Place]) -> None:
        """Toggles each code object once, and only where a place was at rest."""
        homes: list[MonitoredCode] = []
        for place in places:
            if not place.is_on:
                if place.home.is_resting and place.log.is_outdated:
                    place.log.forget()
                self._table.switch(place, True)
                if place.home not in homes:
                    homes.append(place.home)
        for home in homes:
            self._tools.set_local(home.code, home.events())
            if home.log.is_outdated:  # a call began in the middle of this
                home.log.forget()
            elif home.is_new:
                home.log.know_all()
            home.is_new = False

    def rest(self, places: list[Place]) -> None:
        for place in places:
            if place.is_on:
                self._table.switch(place, False)
        for home in {id(place.home): place.home for place in places}.values():
            if home.is_resting:
                self._tools.set_local(home.code, home.events())

    def remove(self, places: list[Place]) -> None:
        for place in places:
            home = place.home
            self._table.switch(place, False)
            home.drop(place)
            # A probe that is put back while a call runs finds that call, until a start tells that others came unseen.
            knows_calls = home.log.live and not home.log.is_outdated
            is_kept = home.places or home.entries or knows_calls or self._keeps_homes
            self._tools.set_local(home.code, home.events() if is_kept else NO_EVENTS)
            if not is_kept:
                self._table.homes.pop(id(home.code), None)

    def hit_cost_ns(self, capture: CaptureFn, again: Callable[[], object]) -> float:
        code = _rehearsed.__code__
        offset = next(one.offset for one in get_instructions(code) if one.argval == "x")
        place = self.place(code, Site(offset, "x", "fast", None, (0, 0)), read_local, probe_id="", capture=capture, name="x")
        self.arm([place])
        try:
            return cost_ns(_bare, _rehearsed, again)
        finally:
            self.remove([place])

    def fork_child(self) -> None:
        """What is known of the calls under way is kept from now on, also when all probes go: the child puts its own there."""
        self._keeps_homes = True
        for home in self._table.homes.values():
            home.log.fork_child()

    def close(self) -> None:
        self._tools.set_discovery(False)
        for home in list(self._table.homes.values()):
            self._tools.set_local(home.code, NO_EVENTS)
        self._table.homes.clear()
        self._table.by_offset.clear()
        self._tools.close()

    def _on_any_code(self, code: CodeType, offset: int) -> object:
        """Any function begins for the first time while probes exist."""
        self._on_code(code)
        return DISABLE


def _bare(turns: int) -> None:
    for _ in range(turns):
        x = VALUE  # noqa: F841


def _rehearsed(turns: int) -> None:
    for _ in range(turns):
        x = VALUE  # noqa: F841


def _entry_site(name: str) -> Site:
    return Site(-1, name, "fast", None, (-1, 0))
