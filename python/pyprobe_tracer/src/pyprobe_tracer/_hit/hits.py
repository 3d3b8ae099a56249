"""Where the two halves of the agent meet: a place in code on one side, a captured value on the other.

The hit side (`Placer` and the mechanisms behind it) finds the code for an anchor and calls a `CaptureFn` with the value at
each hit. The bytes side (rings, link, modes, budget) implements the `CaptureFn` and decides when a place rests.

What a `CaptureFn` may count on:

- It is called in the program's thread, at the hit, before the program goes on. The value is the program's own object: read
  it by exact type, copy what is needed, keep no reference.
- What it raises (`Exception`) is swallowed by the mechanism, which then reports the probe as failed with the code `fault`
  and removes it.
- It can be entered again on the same thread, between any two of its bytecodes, when a signal handler or a finalizer of the
  program runs probed code (under `code_swap`; `monitoring` suppresses nested hits). A plain lock held around it would
  deadlock.
- Returning True asks for rest. Between that and the mechanism's doing it, another thread may call `arm`: the rest wins.
  Whoever governs therefore calls `arm` again at its next tick; it is a cheap no-op for a place that is not resting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple, Optional

if TYPE_CHECKING:
    from types import CodeType
    from typing import Final, Literal, Protocol

    Context = Literal["store", "load", "parameter"]
    Mechanism = Literal["monitoring", "code_swap", "settrace"]
    State = Literal["pending", "armed", "failed"]

    class Placement(Protocol):
        """One probe placed in the code that exists for it."""

        def arm(self) -> None:
            """Switches hits on, from any thread. Does nothing when they are on."""

        def rest(self) -> None:
            """Switches hits off as cheaply as possible; the place is kept."""

        def remove(self) -> None:
            """Leaves the code as it was found."""

    class Placer(Protocol):
        """What the bytes side calls. `open_placer(report: StateFn) -> Placer` makes the one of this process."""

        mechanism: Mechanism

        def add(self, probe_id: str, number: int, anchor: Anchor, capture: CaptureFn) -> None:
            """Places the probe now, and in code that appears later. Reports by the state callback; never raises."""

        def remove(self, probe_id: str) -> None:
            """Never raises; an unknown id is nothing to do. No hit of this probe is reported after it returns, but for one
            that is under way in another thread."""

        def arm(self, probe_id: str) -> None: ...

        def rest(self, probe_id: str) -> None: ...

        def hit_cost_ns(self, capture: CaptureFn, again: Callable[[], object]) -> float:
            """What a hit costs with this function, in a loop of ours. It is called fewer than `PACE_HITS` times
            after each `again`, and must not ask for rest."""

        def begin(self) -> None:
            """The program runs: from now on code may exist that was not prepared."""

        def prepare(self, source: bytes, filename: str) -> CodeType:
            """Compiles a module's source as `compile(source, filename, "exec")` would, with the probes of that file placed
            before its first line runs. For the launcher and its main script. Raises what `compile` raises."""

        def tick(self) -> None:
            """Call several times a second: looks for code that came into being unseen, at most a hundredth of the time. Never
            raises."""

        def fork_child(self) -> None:
            """Call first thing in a forked child: forgets threads and calls of the parent; placed probes stay placed."""

        def close(self) -> None:
            """Removes every probe, gives back tool ids and hooks. Never raises."""


class Anchor(NamedTuple):
    """An immutable place in source, as `anchorSchema` has it: `line` from 1, `column` from 0 in UTF-16 code units."""

    file: str
    line: int
    column: int
    symbol: str
    function: str
    context: Context


CaptureFn = Callable[[object, bytes, int], bool]
"""`(value, tags, hit) -> rest?`. `tags` are the 14 bytes of `TAGS`; `hit` is the number of this hit of the probe within the
call, from 1. True asks the mechanism to stop hits until `arm` is called."""

StateFn = Callable[[str, "State", Optional[str], Optional[str]], None]
"""`(probe_id, state, code, message)`; codes are those of `probeCodeSchema`. Called on any thread; inside a hit only
for a `fault`."""

TAGS: Final = "<IIIH"
"""Thread u32 (native id), task u32 (0 outside of tasks), call u32, depth u16: bytes 24 to 38 of a record."""


class Unreadable:
    """The type of `UNREADABLE`."""

    __slots__ = ()


UNREADABLE: Final = Unreadable()
"""Passed as the value when the place was hit but reading the value would have run the program's own code (a property, a
`__getitem__`): to be counted as a skip with the reason `unreadable`."""


class PlaceError(Exception):
    """A probe cannot be placed. `code` is one of `probeCodeSchema`; the text is the whole sentence for the user."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
