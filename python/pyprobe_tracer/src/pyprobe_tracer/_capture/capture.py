"""From a value at a hit to a committed record: the functions that the mechanism calls.

Scalars that there is credit and room for go the short way (`lean`). All else, and the first hit after the credit is used up,
goes through `_Writer`. The modes wrap the pair. A `Recorder` belongs to one process; a forked child makes its own.

Where two captures could come between each other's steps (`NEEDS_GATE`), whatever is more than one step holds the gate of the
ring: all but the short way on Python 3.9, all without a GIL. Whoever waits for the engine gives it up for that time.
"""

from __future__ import annotations

import sys
import time
from time import monotonic_ns, sleep

from .._hit.hits import UNREADABLE
from .._hit.rehearsal import PACE_HITS
from .._value.bytes import Payload, SkipError
from .._value.record import LAYOUTS, PAYLOAD, U32, prefix
from .._value.value import Reader, concealed
from .govern import Budget, Meter
from .lean import lean_capture
from .ring import HAS_GIL, NEEDS_GATE, Ring, RingFullError, TooLargeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._condition.condition import Condition
    from .._hit.hits import CaptureFn
    from .._value.bytes import Encoded, Scalar

# What a capture costs is its own work, not the time in which another thread or process had its turn.
# Windows counts the time of a thread in steps that are longer than any capture.
work_time_ns: Callable[[], int] = monotonic_ns if sys.platform == "win32" else getattr(time, "thread_time_ns", monotonic_ns)

_WAIT_S = 0.0005
_LATEST_NS = 1_000_000_000 // 60
_NO_HEAD = bytes(8)
_NO_TAGS = bytes(14)


class Recorder:
    """Writes the captures of all probes of this process into its ring."""

    def __init__(self, ring: Ring, reader: Reader, is_alive: Callable[[], bool]) -> None:
        self.ring = ring
        self.reader = reader
        self.is_alive = is_alive
        self.clock_ns = _clock_cost_ns()
        reader.limits.fit(ring.bulk.size)

    def capture_fn(
        self, number: int, meter: Meter, mode: dict[str, Any], is_secret: bool, condition: Condition | None = None
    ) -> CaptureFn:
        """The function for the hits of one probe. `mode` is a `probeModeSchema`."""
        kind = mode["kind"]
        waits = kind == "every" or (kind == "when" and mode["every"])
        writer = _Writer(self, number, meter, waits=waits, only_changes=kind == "change")
        fn: CaptureFn
        if condition is not None:
            fn = writer.when(condition, is_secret)
        elif is_secret:
            fn = writer.conceal
        elif kind == "change":
            fn = writer.write
        else:
            write, allows = self._guarded(writer.write), self._guarded(meter.allows)
            fn = lean_capture(self.ring, number, meter, self.reader.arrays.direct, write=write, allows=allows)
            if HAS_GIL and kind in ("auto", "every"):
                return fn
        if kind == "latest":
            fn = _latest(fn, meter)
        elif kind == "every_n":
            fn = _every_n(fn, meter, int(mode["n"]))
        return self._guarded(fn)

    def counting_fn(self, mode: dict[str, Any], condition: Condition | None) -> tuple[CaptureFn, Callable[[], None]]:
        """What the hits of such a probe go through when they are only counted, as before a rest, for fewer than `PACE_HITS`; and
        what begins again. Nothing is captured."""
        meter = Meter("", Budget(0.0), True, 0, now_ns=monotonic_ns())
        meter.level_ns = -1.0
        if mode["kind"] == "latest":
            return self._guarded(_latest(_no_capture, meter)), meter.pace.begin
        return self.capture_fn(0, meter, mode, False, condition), meter.pace.begin

    def _guarded(self, fn: Callable[..., bool]) -> Callable[..., bool]:
        """The same, one thread at a time where that is needed."""
        if not NEEDS_GATE:
            return fn
        gate = self.ring.gate

        def alone(*args: Any) -> bool:
            with gate:
                return fn(*args)

        return alone


def _clock_cost_ns() -> int:
    """What it takes to ask for the work time: on some machines more than a capture, and half of it goes unseen each time."""
    costs = []
    for _ in range(4):
        started_ns = monotonic_ns()
        for _ in range(4):
            work_time_ns()
        costs.append((monotonic_ns() - started_ns) // 4)
    return min(costs)


class _Writer:
    """The general path of one probe: any value, any state of ring and budget. Each capture is timed and paid by itself."""

    def __init__(self, recorder: Recorder, number: int, meter: Meter, *, waits: bool, only_changes: bool) -> None:
        self._recorder = recorder
        self._ring = recorder.ring
        self._number = number
        self._meter = meter
        self._waits = waits
        self._only_changes = only_changes
        self._previous: bytes | None = None

    def write(self, value: object, tags: bytes, hit: int) -> bool:
        return self._write(value, tags, hit, self._recorder.reader.read)

    def when(self, condition: Condition, is_secret: bool) -> CaptureFn:
        """Evaluating the condition is part of what a hit costs, whether it makes a capture or not."""
        of = concealed if is_secret else self._recorder.reader.read

        def read(value: object) -> Encoded:
            condition.require(value)
            return of(value)

        return lambda value, tags, hit: self._write(value, tags, hit, read)

    def conceal(self, _value: object, tags: bytes, hit: int) -> bool:
        return self._write(None, tags, hit, concealed)

    def _write(self, value: object, tags: bytes, hit: int, read: Callable[[object], Encoded]) -> bool:
        time_ns = monotonic_ns()
        meter = self._meter
        if not meter.allows_one(time_ns):
            return meter.rests
        started_ns = work_time_ns()
        try:
            if value is UNREADABLE:
                raise SkipError("unreadable")
            encoded = read(value)
            if isinstance(encoded, Payload):
                self._put_payload(encoded, tags, hit, time_ns)
            else:
                self._put_scalar(encoded, tags, hit, time_ns)
            meter.heavy += 1
        except SkipError as skip:
            meter.skips[skip.reason] += 1
        cost_ns = work_time_ns() - started_ns + self._recorder.clock_ns
        meter.pay(cost_ns)
        meter.inside(monotonic_ns() - time_ns, cost_ns)
        return False

    def _put_scalar(self, scalar: Scalar, tags: bytes, hit: int, time_ns: int) -> None:
        kind, fields = scalar
        value = LAYOUTS[kind].pack(_NO_HEAD, 0, 0, _NO_TAGS, *fields, 0, 0) if self._only_changes else None
        self._refuse_same(value)
        while not self._commit(prefix(kind, self._number), kind, time_ns, tags, fields, hit):
            self._wait()
        self._previous = value

    def _put_payload(self, payload: Payload, tags: bytes, hit: int, time_ns: int) -> None:
        if self._ring.bulk_lock._is_owned():  # type: ignore[attr-defined]  # `threading.Condition` asks it, too
            raise SkipError("ring_full")
        while not self._try_payload(payload, tags, hit, time_ns):
            # Without the lock, so that probes which do not wait are not held up, and not in a handler: a Ctrl-C that comes
            # while waiting would have an exception of ours as its context.
            self._wait()

    def _try_payload(self, payload: Payload, tags: bytes, hit: int, time_ns: int) -> bool:
        """False when there is no room now."""
        ring, size = self._ring, payload.size
        with ring.bulk_lock:
            try:
                position = ring.reserve(size)
            except TooLargeError:
                raise SkipError("too_large") from None
            except RingFullError:
                return False
            start = ring.offset_of(position)
            payload.fill(ring.bulk.map, start)
            value = ring.bulk.map[start : start + size] if self._only_changes else None
            self._refuse_same(value)
            fields = (0, position, size, payload.kind)
            if not self._commit(prefix(PAYLOAD, self._number, size), PAYLOAD, time_ns, tags, fields, hit):
                return False
            ring.advance(size)
            self._previous = value
            return True

    def _commit(self, head: bytes, kind: int, time_ns: int, tags: bytes, fields: tuple[Any, ...], hit: int) -> bool:
        """False when there is no room now."""
        ring, pack, hit = self._ring, LAYOUTS[kind].pack_into, hit & U32
        while True:
            for seq, offset in ring.free:
                pack(ring.map, offset, head, seq, time_ns, tags, *fields, hit, seq & U32)
                return True
            if not ring.renew():
                return False

    def _wait(self) -> None:
        """For the engine to read on, in mode every; other probes skip the hit. Captures of other probes go on meanwhile."""
        if not (self._waits and self._recorder.is_alive()):
            raise SkipError("ring_full")
        if not NEEDS_GATE:
            sleep(_WAIT_S)
            return
        gate: Any = self._ring.gate  # as `threading.Condition` gives up its lock, however often it is held
        held = gate._release_save()
        try:
            sleep(_WAIT_S)
        finally:
            gate._acquire_restore(held)

    def _refuse_same(self, value: bytes | None) -> None:
        if value is not None and value == self._previous:
            raise SkipError("unchanged")


def _no_capture(_value: object, _tags: bytes, _hit: int) -> bool:
    return False


def _latest(capture: CaptureFn, meter: Meter) -> CaptureFn:
    """Hits that come too early are counted one by one; when they are many, the place rests until the next is due."""
    due_ns = 0

    def newest(value: object, tags: bytes, hit: int) -> bool:
        nonlocal due_ns
        now_ns = monotonic_ns()
        meter.note_hit(now_ns)
        if now_ns >= due_ns:
            due_ns = now_ns + _LATEST_NS
            meter.pace.begin()
            return capture(value, tags, hit)
        meter.skips["latest"] += 1
        if not meter.pace.count(now_ns):
            return False
        meter.pause(now_ns, until_ns=due_ns, reason="latest", hits=PACE_HITS)
        return True

    return newest


def _every_n(capture: CaptureFn, meter: Meter, n: int) -> CaptureFn:
    turn = 1

    def nth(value: object, tags: bytes, hit: int) -> bool:
        nonlocal turn
        turn -= 1
        if turn:
            meter.skips["every_n"] += 1
            return False
        turn = n
        return capture(value, tags, hit)

    return nth
