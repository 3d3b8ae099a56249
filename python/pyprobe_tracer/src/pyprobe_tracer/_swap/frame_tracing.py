"""Hits in frames of the main thread that were running already when their probe was added (CPython 3.9 to 3.11), whose code
cannot be swapped any more: through `sys.settrace`, opcode by opcode.

Tracing is on only until those frames have ended, and everything that the main thread calls meanwhile pays for it: the
mechanism of last resort, for the loop at the top level of a script. A tracer of somebody else is never displaced.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from typing import TYPE_CHECKING, NamedTuple

from .._hit.faults import is_ours
from .._hit.main_thread import main_thread_identity

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Final

    from .hooks import SwapPlace

    Read = Callable[[FrameType, str], object]
    Trace = Callable[[FrameType, str, Any], Any]

_COMPREHENSIONS: Final = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>"))


class TracedUse(NamedTuple):
    """What one instruction does that a probe wants to see."""

    place: SwapPlace
    name: str
    read: Read
    is_store: bool


class TracedCode(NamedTuple):
    """A code object and its uses by offset; kept with them because it is looked up by its address."""

    code: CodeType
    uses: dict[int, list[TracedUse]]


class FrameTracer:
    """The trace functions, all of which run in the main thread. `find` says what to watch in a code object."""

    def __init__(self, find: Callable[[CodeType], TracedCode], refused: Callable[[], None]) -> None:
        """`refused` is called when the main thread has a tracer of somebody else."""
        self._find = find
        self._refused = refused
        self._codes: dict[int, TracedCode] = {}
        self._pending: dict[int, list[TracedUse]] = {}
        """Frame address → stores whose value the next instruction sees."""
        self._open: set[int] = set()
        """Addresses of the frames that are traced."""

    def adopt_stack(self) -> None:
        """Traces the frames of this thread that run code to be watched; looks again at what is to be watched."""
        if sys.gettrace() is not None and not self._is_on():
            self._refused()
            return
        self._codes = {}
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if self._watched(frame.f_code):
                self._trace(frame)
            frame = frame.f_back
        if self._open:
            sys.settrace(self.on_call)

    def stop(self) -> None:
        self._open.clear()
        self._pending.clear()
        self._codes = {}
        if self._is_on():
            sys.settrace(None)

    def on_call(self, frame: FrameType, event: str, arg: Any) -> Trace | None:
        """Of what is called, only comprehensions of the traced frames are watched: functions have been swapped."""
        if frame.f_code.co_name in _COMPREHENSIONS and self._watched(frame.f_code):
            self._trace(frame)
            return self.on_event
        return None

    def on_event(self, frame: FrameType, event: str, arg: Any) -> Trace | None:
        try:
            if event == "opcode":
                self._on_opcode(frame)
            elif event == "exception":
                self._pending.pop(id(frame), None)
            elif event == "return":
                self._pending.pop(id(frame), None)
                self._open.discard(id(frame))
                if not self._open:
                    self.stop()
        except Exception as error:
            if not is_ours(error):
                raise
        return self.on_event

    def _on_opcode(self, frame: FrameType) -> None:
        for use in self._pending.pop(id(frame), ()):
            self._hit(use, frame)
        for use in self._watched(frame.f_code).get(frame.f_lasti, ()):
            if use.is_store:
                self._pending.setdefault(id(frame), []).append(use)
            else:
                self._hit(use, frame)

    def _hit(self, use: TracedUse, frame: FrameType) -> None:
        place = use.place
        if not place.is_on:
            return
        try:
            value = use.read(frame, use.name)
        except KeyError:  # not bound
            return
        home = frame
        while home.f_code.co_name in _COMPREHENSIONS and home.f_back is not None:
            home = home.f_back
        try:
            place.hit(value, home)
        except Exception as error:
            place.fail(error)

    def _trace(self, frame: FrameType) -> None:
        frame.f_trace = self.on_event
        frame.f_trace_opcodes = True
        self._open.add(id(frame))

    def _watched(self, code: CodeType) -> dict[int, list[TracedUse]]:
        known = self._codes.get(id(code))
        if known is None:
            known = self._codes[id(code)] = self._find(code)
        return known.uses

    def _is_on(self) -> bool:
        return getattr(sys.gettrace(), "__self__", None) is self


def is_free_to_trace() -> bool:
    """Can frames of the main thread be traced, if the main thread has no tracer of its own?"""
    try:
        import ctypes
    except ImportError:
        return False
    return hasattr(ctypes, "pythonapi")


def run_in_main_thread(action: Callable[[], None]) -> bool:
    """Runs the action between two bytecodes of the main thread, soon. False when that is not possible here."""
    if get_ident() == main_thread_identity():
        action()
        return True
    if not is_free_to_trace():
        return False
    import ctypes

    def call(_: object) -> int:
        try:
            action()
        except Exception:
            return 0  # whatever it was, the program does not hear of it
        return 0

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(call)
    _CALLBACKS.append(callback)
    return bool(ctypes.pythonapi.Py_AddPendingCall(callback, None) == 0)


_CALLBACKS: Final[list[object]] = []
"""The interpreter holds only their addresses, and tells nobody when it has called them: a few hundred bytes for each time a
probe is added to running code."""
