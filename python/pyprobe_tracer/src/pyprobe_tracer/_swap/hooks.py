"""The functions that swapped code calls (CPython 3.9 to 3.11): one for each place, and one for each probed function.

A hook runs in the program's threads in the middle of its statements. It keeps nothing, and lets no exception of its own out.
Code that runs keeps its hooks, so a place outlives its probe for as long as there is such code, and serves the next probe that
comes to the same spot.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from weakref import ref

from .._hit.calls import CallLog, Clerk
from .._hit.faults import is_ours
from .._hit.hits import UNREADABLE
from .._hit.raw_reads import AttributeRead, read_item
from .._hit.rehearsal import VALUE, cost_ns
from .switch import Switch

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable

    from .._hit.calls import Call
    from .._hit.hits import CaptureFn

    Fault = Callable[[str, BaseException], None]
    ReadTarget = Callable[..., object]
    """Of an object (and a key)."""


class ProbedFunction:
    """A function (class body, module) with its log of calls, and the hook at its entry."""

    def __init__(self, code: CodeType, clerk: Clerk) -> None:
        self.plain = code
        self.log = CallLog(code, clerk)
        self.places: tuple[SwapPlace, ...] = ()
        self.switch = Switch()
        self.enter = self._enter
        self._known: dict[int, ref[CodeType]] = {}

    def known_as(self, code: CodeType) -> None:
        """Frames with this code are calls of the function, as long as the code exists."""
        address, addresses, known = id(code), self.log.codes, self._known
        if address in known:
            return

        def forget(_: object) -> None:
            addresses.discard(address)
            known.pop(address, None)

        known[address] = ref(code, forget)
        addresses.add(address)

    def add(self, place: SwapPlace) -> None:
        if place not in self.places:
            self.places = (*self.places, place)

    def drop(self, place: SwapPlace) -> None:
        self.places = tuple([other for other in self.places if other is not place])

    def refresh(self) -> None:
        """The entry hook is on while any place is; and once more after that, to learn that calls went unseen."""
        if any(place.is_on for place in self.places) and not self.switch:
            if self.log.is_outdated:
                self.log.forget()
            self.switch.on()

    def _enter(self) -> None:
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


class SwapPlace:
    """One spot in one function, and the probe that sits there now."""

    def __init__(self, function: ProbedFunction, levels: int, read: ReadTarget | None) -> None:
        """`levels`: how many comprehensions, which are frames of their own, stand between the spot and the function. `read` is
        given for an attribute or item."""
        self.probe_id = ""
        self.function = function
        self.index = function.log.new_place()
        self.switch = Switch()
        self.capture: CaptureFn = _capture_nothing
        self._on_fault: Fault | None = None
        self.hook: Callable[[Any], None]
        self._connect: Callable[[CaptureFn], None] | None = None
        if read is None:
            self.hook, self._connect = make_value_hook(self, levels)
        else:
            self.hook = make_target_hook(self, levels, read)

    @property
    def is_on(self) -> bool:
        return bool(self.switch)

    def serve(self, probe_id: str, capture: CaptureFn, on_fault: Fault) -> None:
        self.probe_id = probe_id
        self._on_fault = on_fault
        self._capture_with(capture)
        self.function.add(self)

    def arm(self) -> None:
        if not self.switch:
            self.switch.on()
            self.function.refresh()

    def rest(self) -> None:
        self.switch.off()

    def remove(self) -> None:
        self.rest()
        self.probe_id = ""
        self._capture_with(_capture_nothing)
        self.function.drop(self)

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
        if self._on_fault is not None:
            self._on_fault(self.probe_id, error)

    def _capture_with(self, capture: CaptureFn) -> None:
        self.capture = capture
        if self._connect is not None:
            self._connect(capture)


def _capture_nothing(_value: object, _tags: bytes, _hit: int) -> bool:
    return True


def make_value_hook(place: SwapPlace, levels: int) -> tuple[Callable[[Any], None], Callable[[CaptureFn], None]]:
    """Takes the value. With it comes what connects the hook to a capture function: everything it needs is in its cells."""
    getframe = sys._getframe
    live: dict[int, Call] = place.function.log.live
    index = place.index
    capture: CaptureFn = _capture_nothing
    switch = place.switch
    address = id
    level = 1 + levels

    def hook(value: Any) -> None:
        if switch:
            try:
                call = live[address(getframe(level))]
                call[index] = hit = call[index] + 1
            except (KeyError, IndexError):
                try:
                    place.hit(value, getframe(level))
                except Exception as error:
                    place.fail(error)
                return
            try:
                if capture(value, call[0], hit):
                    switch.off()
            except Exception as error:
                place.fail(error)

    def connect(to: CaptureFn) -> None:
        nonlocal capture
        capture = to

    return hook, connect


def make_target_hook(place: SwapPlace, levels: int, read: ReadTarget) -> Callable[[Any], None]:
    """Takes the value that was stored, the object and perhaps the key. The object can have made something else of the value (an
    array of its own type does), so it is asked what it holds now, where that runs none of the program's code."""
    level = 1 + levels

    def hook(store: tuple[object, ...]) -> None:
        if place.switch:
            try:
                value = read(*store[1:])
                place.hit(store[0] if value is UNREADABLE else value, sys._getframe(level))
            except Exception as error:
                place.fail(error)

    return hook


def hit_cost_ns(capture: CaptureFn, again: Callable[[], object]) -> float:
    """What a hit of a variable costs, in a loop of ours that calls the hook as swapped code does."""

    def bare(turns: int) -> None:
        for _ in range(turns):
            pass

    def probed(turns: int) -> None:
        for _ in range(turns):
            if switch:
                hook(VALUE)

    place = SwapPlace(ProbedFunction(probed.__code__, Clerk()), 0, None)
    place.serve("", capture, lambda _id, _error: None)
    place.switch.on()
    switch, hook = place.switch, place.hook
    return cost_ns(bare, probed, again)


def target_read(name: str) -> ReadTarget:
    """For an attribute of this name as compiled; without a name, for an item."""
    return AttributeRead(name) if name else read_item
