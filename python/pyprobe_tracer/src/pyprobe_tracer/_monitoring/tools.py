"""The slots of `sys.monitoring` that the agent holds (CPython 3.12 and later).

Two where two are free: the first delivers every hit. The second finds code as it starts, and makes the interpreter keep a
tool table per instruction, without which another tool that asks for instruction events later silently takes ours away
(CPython issue 157900).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .._hit.hits import PlaceError

if TYPE_CHECKING:
    from types import CodeType
    from typing import Callable, Final

if sys.version_info >= (3, 12):
    _monitoring: Final = sys.monitoring
    _events: Final = sys.monitoring.events
    NO_EVENTS: Final = _events.NO_EVENTS
    INSTRUCTION: Final = _events.INSTRUCTION
    PY_START: Final = _events.PY_START
    PY_RESUME: Final = _events.PY_RESUME
    DISABLE: Final = _monitoring.DISABLE

    # 0, 1 and 2 belong to debuggers, coverage and profilers by convention, 5 to optimisers: the last resorts are the rare ones.
    _CANDIDATES: Final = (4, 3, 5, 2)
    _NAME: Final = "pyprobe"

    class Tools:
        """Holds the slots from construction to `close`."""

        def __init__(self) -> None:
            held: list[int] = []
            for tool in _CANDIDATES:
                if len(held) < 2 and _monitoring.get_tool(tool) is None:
                    try:
                        _monitoring.use_tool_id(tool, _NAME)
                    except ValueError:  # somebody was faster
                        continue
                    held.append(tool)
            if not held:
                names = ", ".join(str(_monitoring.get_tool(tool)) for tool in range(6))
                raise PlaceError(
                    "tool_conflict",
                    f"Cannot place probes: other tools hold the interpreter's monitoring slots ({names}). "
                    "Run the program without one of them.",
                )
            self.first = held[0]
            self.second = held[-1]

        @property
        def are_two(self) -> bool:
            return self.first != self.second

        def listen(self, event: int, callback: Callable[..., object], *, tool: int) -> None:
            _monitoring.register_callback(tool, event, callback)

        def set_discovery(self, is_on: bool) -> None:
            _monitoring.set_events(self.second, PY_START if is_on else NO_EVENTS)

        def set_local(self, code: CodeType, events: int) -> None:
            """Off, then on: only this makes disabled instructions report again."""
            _monitoring.set_local_events(self.first, code, NO_EVENTS)
            if events:
                _monitoring.set_local_events(self.first, code, events)

        def secure(self, code: CodeType) -> None:
            """Once per code object, before its instruction events are set."""
            if self.are_two:
                _monitoring.set_local_events(self.first, code, INSTRUCTION)
                _monitoring.set_local_events(self.second, code, INSTRUCTION)
                _monitoring.set_local_events(self.second, code, NO_EVENTS)
                _monitoring.set_local_events(self.first, code, NO_EVENTS)

        def close(self) -> None:
            # Before 3.14 giving back an id leaves its events and callbacks live.
            for tool in {self.first, self.second}:
                _monitoring.set_events(tool, NO_EVENTS)
                for event in (INSTRUCTION, PY_START, PY_RESUME):
                    _monitoring.register_callback(tool, event, None)
                _monitoring.free_tool_id(tool)
