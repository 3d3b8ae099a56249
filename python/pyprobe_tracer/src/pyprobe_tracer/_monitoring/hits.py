"""What happens in the program's threads at events of `sys.monitoring` (CPython 3.12 and later).

`instruction_callback` is the first line of business: one variable of a function, one probe at the instruction. All else
(several probes at one instruction, guarded sites, module level, attributes, a call that is not known yet) goes the long way
round, through `HitEvents`.

No exception of ours gets out of here. Those that signal handlers of the program raise in the middle of our code do.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .._hit.faults import is_ours
from .places import Crowd
from .tools import DISABLE

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Final

    from .._hit.calls import Call
    from .places import Place, PlaceTable

    Fault = Callable[[str, BaseException], None]

_KEEPS_LOCALS: Final = sys.version_info < (3, 13)
"""A frame keeps the dict that `f_locals` made, which would keep alive what the program deletes (see `read_local`)."""


def instruction_callback(events: HitEvents) -> Callable[[CodeType, int], object]:
    """The callback of every hit, and of every other instruction of a probed function once. All it needs is in its cells; what
    it calls costs more than all else it does."""
    table: dict[int, Any] = events.table.by_offset
    several, again, rest, fail = events.several, events.again, events.rest, events.fail
    getframe = sys._getframe
    keeps_locals = _KEEPS_LOCALS
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
            call = place.log.only or place.calls[address(frame)]
            variables = frame.f_locals
            value = variables[place.name]
            if keeps_locals and references(variables) <= 3:
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

    return on_instruction


def start_callback(events: HitEvents, on_code: Callable[[CodeType], None] | None) -> Callable[[CodeType, int], object]:
    """The callback of every start of a probed function; of any other code too (`on_code`) where there was but one slot."""
    homes = events.table.homes
    at_entry = events.capture
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


class HitEvents:
    """The long way round. What it returns goes back to the interpreter: `DISABLE` when nothing here wants the next hit."""

    def __init__(self, table: PlaceTable, on_fault: Fault) -> None:
        self.table = table
        self._on_fault = on_fault

    def resume(self, code: CodeType, offset: int) -> object:
        """The callback of generators that go on."""
        home = self.table.homes.get(id(code))
        if home is not None:
            home.log.resume(sys._getframe(1))
        return None

    def several(self, code: CodeType, offset: int) -> object:
        """All that a `Crowd` stands for."""
        frame = sys._getframe(2)
        entry = self.table.by_offset.get(offset)
        if entry is None:
            return DISABLE
        stays = False
        for place in entry.places if isinstance(entry, Crowd) else (entry,):
            if place.code is code and place.is_on:
                stays |= self._pass(place, frame, offset)
        return None if stays else DISABLE

    def again(self, place: Place) -> object:
        """The activation is not known yet, began before the place was made, or the variable has no value now."""
        return None if self._hit(place, sys._getframe(2)) else DISABLE

    def rest(self, place: Place) -> object:
        self.table.switch(place, False)
        return DISABLE

    def fail(self, place: Place, error: BaseException) -> object:
        """What went wrong at a hit stays with us, unless a signal handler of the program raised it."""
        if not is_ours(error):
            raise error
        self.table.switch(place, False)
        self._on_fault(place.probe_id, error)
        return DISABLE

    def capture(self, place: Place, frame: FrameType, call: Call) -> bool:
        """False when the place rests from now on."""
        try:
            try:
                value = place.read(frame, place.name)
            except KeyError:  # not bound (any more)
                return True
            index = place.index
            call[index] = hit = call[index] + 1
            if not place.capture(value, call[0], hit):
                return True
            self.table.switch(place, False)
        except Exception as error:
            self.fail(place, error)
        return False

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

    def _hit(self, place: Place, frame: FrameType) -> bool:
        try:
            log = place.log
            call = log.live.get(id(frame))
            if call is None:
                call = log.start(frame)
            if len(call) <= place.index:
                log.widen(call)
        except Exception as error:
            self.fail(place, error)
            return False
        return self.capture(place, frame, call)
