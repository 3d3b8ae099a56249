"""Which call a hit belongs to: call number, recursion depth, thread and task, computed once per activation of a function.

A `CallLog` belongs to one code object and lives as long as a probe is placed in it. It knows activations by the address of
their frame and never keeps a frame: an address is entered anew whenever a function starts, so one that is used again by a
later activation cannot be mistaken. Everything here runs in the program's threads, under the GIL or on dicts that are safe
without it.

Most functions are called from one thread, not by themselves, and end before they are called again. Of such a one every hit is
of the call that began last, and need not ask for the address of its frame: `only`.
"""

from __future__ import annotations

import itertools
import sys
from _thread import _local, get_native_id
from _weakref import ref
from struct import Struct
from typing import TYPE_CHECKING

from .hits import TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType
    from typing import Any, Callable, Final

    Call = list[Any]
    """`[tags, hits of the first place, hits of the second, ...]`"""

DEEPEST_WALK: Final = 256
"""Frames looked at for an outer activation of the same function; recursion with a longer cycle than this counts as depth 0."""
MOST_LIVE: Final = 4096
"""Activations remembered per function. Generators that were abandoned leave entries behind; the oldest are dropped."""

_SUSPENDED: Final = 0x20 | 0x80 | 0x200
"""Code flags of generators, coroutines and asynchronous generators."""

_HAS_GIL: Final[bool] = getattr(sys, "_is_gil_enabled", lambda: True)()
_STEPS: Final = range(DEEPEST_WALK)
_pack: Final = Struct(TAGS).pack
_modules: Final = sys.modules


class Threads(_local):
    """The native id of each thread, asked of the system once a thread."""

    def __init__(self) -> None:
        self.native = get_native_id() & 0xFFFFFFFF


class Tasks:
    """Numbers asyncio tasks from 1 in the order they are first seen, without running code of theirs."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[object, int]] = {}
        self._count = itertools.count(1)
        self._running_loop: Callable[[], object] | None = None
        self._current_task: Callable[[Any], object] | None = None

    def current(self) -> int:
        """The number of the task that runs on this thread; 0 outside of tasks."""
        running_loop = self._running_loop
        if running_loop is None:
            if "asyncio.tasks" not in _modules or not self._find_asyncio():
                return 0
            running_loop = self._running_loop
        loop = running_loop() if running_loop is not None else None
        if loop is None or self._current_task is None:
            return 0
        task = self._current_task(loop)
        return 0 if task is None else self._number(task)

    def _find_asyncio(self) -> bool:
        """asyncio may be half imported: then the next call looks again."""
        events, tasks = _modules.get("asyncio.events"), _modules.get("asyncio.tasks")
        running_loop = getattr(events, "_get_running_loop", None)
        current_task = getattr(tasks, "current_task", None)
        if running_loop is None or current_task is None:
            return False
        self._current_task = current_task
        self._running_loop = running_loop
        return True

    def _number(self, task: object) -> int:
        address = id(task)
        known = self._numbers.get(address)
        if known is not None:
            return known[1]
        number = next(self._count)
        numbers = self._numbers

        def forget(_: object) -> None:
            numbers.pop(address, None)

        try:
            numbers[address] = (ref(task, forget), number)
        except TypeError:  # a foreign task class without weak references: its address may be used again by another task
            numbers[address] = (None, number)
        return number


class Clerk:
    """What all logs of a process share."""

    def __init__(self) -> None:
        self.threads = Threads()
        self.tasks = Tasks()
        self._counters: dict[tuple[str, str, int], Iterator[int]] = {}

    def counter(self, code: CodeType) -> Iterator[int]:
        """Call numbers of a function. Code loaded again goes on counting where its former self stopped."""
        name: str = getattr(code, "co_qualname", code.co_name)
        return self._counters.setdefault((code.co_filename, name, code.co_firstlineno), itertools.count(1))

    def fork_child(self) -> None:
        """Only the forking thread goes on in a child, under another native id. To be called before that of the logs."""
        self.threads.__init__()  # type: ignore[misc]


class CallLog:
    """The activations of one function."""

    __slots__ = (
        "_alone",
        "_blank",
        "_code",
        "_counter",
        "_knows_all",
        "_tasks",
        "_thread",
        "_threads",
        "codes",
        "is_outdated",
        "live",
        "only",
    )

    def __init__(self, code: CodeType, clerk: Clerk) -> None:
        self.codes = {id(code)}
        """Addresses of the code objects that are this function; whoever swaps code keeps them alive and adds to them."""
        self.live: dict[int, Call] = {}
        self.is_outdated = False
        """Calls began that were not seen."""
        self.only: Call | None = None
        """The one that any hit is of until the next start, when that is certain."""
        self._knows_all = False
        """Every call under way was seen to start, by a look down the whole stack, and on one and the same thread."""
        self._thread = 0
        """The native id of that thread, from the first start on."""
        self._code = code
        self._alone: dict[int, int] = {}
        """Native thread id → address of the one activation that can be on the thread's stack. Only where a walk down the stack
        found no other, and every start since then was seen: a frame that has this address again is alone too."""
        self._blank: Call = [b""]
        self._threads = clerk.threads
        self._tasks = clerk.tasks
        self._counter = clerk.counter(code)

    def new_place(self) -> int:
        """The index in a `Call` where one place counts its hits."""
        self._blank = [*self._blank, 0]
        return len(self._blank) - 1

    def start(self, frame: FrameType) -> Call:
        """An activation begins (or is seen for the first time, when it began before any probe was armed in it)."""
        address = id(frame)
        thread = self._threads.native
        self.only = None
        depth = 0 if self._alone.get(thread) == address else self._find_depth(frame, thread)
        task = self._tasks.current() if "asyncio.tasks" in _modules else 0
        call = self._blank[:]
        call[0] = _pack(thread, task, next(self._counter) & 0xFFFFFFFF, depth)
        live = self.live
        if len(live) >= MOST_LIVE:
            for oldest in list(itertools.islice(live, MOST_LIVE // 2)):
                live.pop(oldest, None)
        live[address] = call
        if self._knows_all:
            self._know(call, thread, address)
        return call

    def know_all(self) -> None:
        """Every start is told of from now on. Is no call under way that was not?"""
        # Without a GIL the stacks of other threads change while one looks at them.
        self._knows_all = _HAS_GIL and not any(self._is_running_in(frame) for frame in sys._current_frames().values())

    def resume(self, frame: FrameType) -> None:
        """A generator goes on, perhaps on another thread or from another task than the one that started it."""
        call = self.live.get(id(frame))
        if call is not None:
            number = int.from_bytes(call[0][8:12], "little")
            call[0] = _pack(self._threads.native, self._tasks.current(), number, self._depth(frame))

    def widen(self, call: Call) -> None:
        """A place was added after this activation began."""
        call += self._blank[len(call) :]

    def forget(self) -> None:
        """Calls may have begun that were not seen: a known frame address may be another call's by now."""
        self._knows_all = False
        self.only = None
        self.live.clear()
        self._alone.clear()
        self.is_outdated = False

    def fork_child(self) -> None:
        """Calls that are under way go on in the child, on a thread with another native id. Those of other threads are no more:
        nothing hits them."""
        self.only = None
        self._thread = 0
        self._alone.clear()
        thread = self._threads.native.to_bytes(4, "little")
        for call in list(self.live.values()):
            call[0] = thread + call[0][4:]

    def _know(self, call: Call, thread: int, address: int) -> None:
        if self._thread == 0:
            self._thread = thread
        if self._alone.get(thread) == address:
            self.only = call
        # After it was set, and looked at again: another thread may just have found out the same about itself.
        if self._thread != thread:
            self._knows_all = False
        if not self._knows_all:
            self.only = None

    def _is_running_in(self, frame: FrameType | None) -> bool:
        while frame is not None:
            if id(frame.f_code) in self.codes:
                return True
            frame = frame.f_back
        return False

    def _find_depth(self, frame: FrameType, thread: int) -> int:
        depth = self._depth(frame)
        # Frames of generators, coroutines and greenlets come back onto a stack without a start.
        if depth == 0 and not self._code.co_flags & _SUSPENDED and "greenlet" not in _modules:
            self._alone[thread] = id(frame)
        else:
            self._alone.pop(thread, None)
        return depth

    def _depth(self, frame: FrameType) -> int:
        """Activations of the same function below this one. An outer one that is known gives the answer; further ones are
        only counted when it is not."""
        codes = self.codes
        outer = frame.f_back
        depth = 0
        for _ in _STEPS:
            if outer is None:
                break
            if id(outer.f_code) in codes:
                depth += 1
                known = self.live.get(id(outer))
                if known is not None:
                    depth += int.from_bytes(known[0][12:14], "little")
                    break
            outer = outer.f_back
        else:
            self._knows_all = False
        return depth if depth < 0xFFFF else 0xFFFF
