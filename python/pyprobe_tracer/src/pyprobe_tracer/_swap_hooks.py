"""The functions that swapped code calls (CPython 3.9 to 3.11): one set for each probe, and one for each probed function.

A hook runs in the program's threads in the middle of its statements. It returns what it was given, keeps nothing, and lets
no exception of its own out.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from ._calls import CallLog
from ._faults import is_ours
from ._hits import UNREADABLE
from ._switch import Switch

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable

    from ._calls import Call, Clerk
    from ._hits import CaptureFn

    Fault = Callable[[str, BaseException], None]
    ReadTarget = Callable[[Any], object]


class Variables(NamedTuple):
    """Looks like a frame to a reader of targets; holds only the variables that the target names."""

    f_locals: dict[str, object]
    f_globals: dict[str, object]
    f_builtins: dict[str, object]


class ProbedFunction:
    """A function (class body, module) with its log of calls, and the hook at its entry."""

    def __init__(self, code: CodeType, clerk: Clerk) -> None:
        self.plain = code
        self.log = CallLog(code, clerk)
        self.codes: list[CodeType] = [code]
        """Kept alive because the log knows them by address."""
        self.places: list[SwapPlace] = []
        self.switch = Switch()

    def known_as(self, code: CodeType) -> None:
        if id(code) not in self.log.codes:
            self.codes.append(code)
            self.log.codes.add(id(code))

    def refresh(self) -> None:
        """The entry hook is on while any place is; and once more after that, to learn that calls went unseen."""
        if any(place.is_on for place in self.places) and not self.switch:
            if self.log.is_outdated:
                self.log.forget()
            self.switch.on()

    def enter(self) -> None:
        try:
            for place in self.places:
                if place.switch:
                    self.log.start(sys._getframe(1))
                    return
            self.log.is_outdated = True
            self.switch.off()
        except Exception as error:
            if not is_ours(error):
                raise

    def made_generator(self, iterable: object) -> object:
        """A generator expression begins when it is first asked, which nothing tells. That its frame may have the address of
        a former one is known here, where it is made."""
        self.log.forget()
        return iterable


class SwapPlace:
    """One probe in one function."""

    def __init__(self, probe_id: str, function: ProbedFunction, capture: CaptureFn, on_fault: Fault) -> None:
        self.probe_id = probe_id
        self.function = function
        self.index = function.log.new_place()
        self.capture = capture
        self.switch = Switch()
        self.stashed: tuple[int, object] | None = None
        self._on_fault = on_fault
        function.places.append(self)

    @property
    def is_on(self) -> bool:
        return bool(self.switch)

    def arm(self) -> None:
        if not self.switch:
            self.switch.on()
            self.function.refresh()

    def rest(self) -> None:
        self.switch.off()
        self.stashed = None

    def remove(self) -> None:
        self.rest()
        self.function.places = [place for place in self.function.places if place is not self]

    def stash(self, value: object) -> object:
        """The value on its way into an attribute or item, in case that it cannot be read back from there."""
        if self.switch:
            self.stashed = (id(sys._getframe(1)), value)
        return value

    def hit(self, value: object, frame: FrameType) -> None:
        """The long way, for calls that are not known yet."""
        log = self.function.log
        call = log.live.get(id(frame))
        if call is None:
            call = log.start(frame)
        if len(call) <= self.index:
            log.widen(call)
        call[self.index] += 1
        if self.capture(value, call[0], call[self.index]):
            self.rest()

    def fail(self, error: BaseException) -> None:
        if not is_ours(error):
            raise error
        self.rest()
        self._on_fault(self.probe_id, error)


def make_value_hook(place: SwapPlace, levels: int) -> Callable[[Any], Any]:
    """Takes the value and gives it back. `levels`: how many comprehensions, which are frames of their own, stand between the
    hook and the function."""
    getframe = sys._getframe
    live: dict[int, Call] = place.function.log.live
    index = place.index
    capture = place.capture
    switch = place.switch
    address = id
    level = 1 + levels

    def hook(value: Any) -> Any:
        if switch:
            try:
                call = live[address(getframe(level))]
                call[index] = hit = call[index] + 1
            except (KeyError, IndexError):
                try:
                    place.hit(value, getframe(level))
                except Exception as error:
                    place.fail(error)
                return value
            try:
                if capture(value, call[0], hit):
                    switch.off()
            except Exception as error:
                place.fail(error)
        return value

    return hook


def make_target_hook(place: SwapPlace, levels: int, names: tuple[str, ...], read: ReadTarget | None) -> Callable[..., None]:
    """Called after a store into an attribute or item, with the variables that the target names."""
    level = 1 + levels

    def hook(*values: object) -> None:
        if not place.switch:
            return
        frame = sys._getframe(level)
        try:
            value = UNREADABLE if read is None else read(Variables(dict(zip(names, values)), {}, {}))
            stashed, place.stashed = place.stashed, None
            if value is UNREADABLE and stashed is not None and stashed[0] == id(sys._getframe(1)):
                value = stashed[1]
            place.hit(value, frame)
        except Exception as error:
            place.fail(error)

    return hook
