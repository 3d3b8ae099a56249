"""From a value at a hit to a committed record: the functions that the mechanism calls.

`_lean` is the hot path: a float, an int, or what `struct` takes for one, with credit in the meter and room in the ring, goes
to a committed record without a call but to the clock and to `struct`. All else, and the first hit after the credit is used
up, goes through `_Writer`. The modes wrap the pair. A `Recorder` belongs to one process; a forked child makes its own.

Between giving out a seq and committing it nothing may come in between, or the reader would wait at that slot for ever. An
interpreter with a GIL looks for signals and other threads only after calls and at jumps back (since 3.10), so that stretch
has none before the one call that commits. Python 3.9 looks anywhere, and without a GIL threads run at once: there every
capture holds the gate of the ring.
"""

from __future__ import annotations

import sys
import time
from struct import error as StructError
from time import monotonic_ns, sleep

from ._bytes import Payload, SkipError
from ._govern import Meter
from ._hits import UNREADABLE
from ._record import FLOAT, INT, LAYOUTS, PAYLOAD, RECORD_BYTES, U32, prefix
from ._ring import HEADER_BYTES, NEEDS_GATE, Ring, RingFullError, TooLargeError
from ._value import Reader, concealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._bytes import Encoded, Scalar
    from ._condition import Condition
    from ._hits import CaptureFn

# What a capture costs is its own work, not the time in which another thread or process had its turn.
# Windows counts the time of a thread in steps that are longer than any capture.
_work_time_ns: Callable[[], int] = monotonic_ns if sys.platform == "win32" else getattr(time, "thread_time_ns", monotonic_ns)

_INT64_LOW = -(2**63)
_INT64_HIGH = 2**63 - 1
_WAIT_S = 0.0005
_LATEST_NS = 1_000_000_000 // 60
_EARLY_HITS = 64
"""Hits that come too early for mode latest, after which the place rests until the next is due."""
_NO_TAGS = bytes(14)
_VALUE = slice(38, 56)


class Recorder:
    """Writes the captures of all probes of this process into its ring."""

    def __init__(self, ring: Ring, reader: Reader, is_alive: Callable[[], bool]) -> None:
        self.ring = ring
        self.reader = reader
        self.is_alive = is_alive
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
            fn = _lean(self.ring, number, meter, writer.write, self.reader.arrays.direct)
        if kind == "latest":
            fn = _latest(fn, meter)
        elif kind == "every_n":
            fn = _every_n(fn, meter, int(mode["n"]))
        return _gated(fn, self.ring, meter) if NEEDS_GATE else fn


def _lean(ring: Ring, number: int, meter: Meter, write: CaptureFn, direct: dict[int, Any]) -> CaptureFn:
    """Not cut into functions, and all names local: a call would cost a third of the whole."""
    owner = number << 48
    clock = monotonic_ns
    memory = ring.map
    mask = ring.slots - 1
    float_head = prefix(FLOAT, number)
    int_head = prefix(INT, number)
    pack_float = LAYOUTS[FLOAT].pack_into
    pack_int = LAYOUTS[INT].pack_into
    low, high = _INT64_LOW, _INT64_HIGH

    def capture(value: Any, tags: bytes, hit: int) -> bool:
        kind = type(value)
        if meter.credit > 0 and ring.last < ring.limit:
            if kind is float:
                try:
                    time_ns = clock()
                    meter.credit -= 1
                    seq = ring.last = ring.last + 1
                    offset = HEADER_BYTES + ((seq & mask) << 6)
                    pack_float(memory, offset, float_head, seq, time_ns, tags, 1, value, hit, seq)
                except StructError:
                    ring.commit_wide(offset, hit, seq)
                return False
            if kind is int and low <= value <= high:
                try:
                    time_ns = clock()
                    meter.credit -= 1
                    seq = ring.last = ring.last + 1
                    offset = HEADER_BYTES + ((seq & mask) << 6)
                    pack_int(memory, offset, int_head, seq, time_ns, tags, 2, value, hit, seq)
                except StructError:
                    ring.commit_wide(offset, hit, seq)
                return False
            other = direct.get(id(kind))
            if other is not None:
                pack, head, code = other
                try:
                    time_ns = clock()
                    meter.credit -= 1
                    seq = ring.last = ring.last + 1
                    offset = HEADER_BYTES + ((seq & mask) << 6)
                    pack(memory, offset, head | owner, seq, time_ns, tags, code, value, hit, seq)
                except StructError:
                    ring.commit_wide(offset, hit, seq)
                return False
        if meter.credit <= 0 and (kind is float or kind is int or id(kind) in direct):
            # Credit is taken for many hits at once; the first of them is timed for what the others cost.
            started_ns = clock()
            if not meter.allows(started_ns):
                return True
            rests = capture(value, tags, hit)
            meter.learn(clock() - started_ns)
            return rests
        return write(value, tags, hit)

    return capture


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
            return True
        started_ns = _work_time_ns()
        try:
            if value is UNREADABLE:
                raise SkipError("unreadable")
            encoded = read(value)
            self._make_room()
            if isinstance(encoded, Payload):
                self._put_payload(encoded, tags, hit, time_ns)
            else:
                self._put_scalar(encoded, tags, hit, time_ns)
            meter.heavy += 1
        except SkipError as skip:
            meter.skips[skip.reason] += 1
        meter.pay(_work_time_ns() - started_ns)
        return False

    def _put_scalar(self, scalar: Scalar, tags: bytes, hit: int, time_ns: int) -> None:
        kind, fields = scalar
        if self._only_changes:
            self._refuse_same(LAYOUTS[kind].pack(kind, 0, 0, _NO_TAGS, *fields, 0, 0))
        self._commit(prefix(kind, self._number), kind, time_ns, tags, fields, hit)

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
            if self._only_changes:
                self._refuse_same(ring.bulk.map[start : start + size])
            fields = (0, position, size, payload.kind)
            self._commit(prefix(PAYLOAD, self._number, size), PAYLOAD, time_ns, tags, fields, hit)
            ring.advance(size)
            return True

    def _make_room(self) -> None:
        ring = self._ring
        while ring.last >= ring.limit and not ring.refresh():
            self._wait()

    def _wait(self) -> None:
        """For the engine to read on, in mode every; other probes skip the hit."""
        if not (self._waits and self._recorder.is_alive()):
            raise SkipError("ring_full")
        sleep(_WAIT_S)

    def _commit(self, head: int, kind: int, time_ns: int, tags: bytes, fields: tuple[Any, ...], hit: int) -> None:
        ring, pack, hit = self._ring, LAYOUTS[kind].pack_into, hit & U32
        memory, mask = ring.map, ring.slots - 1
        seq = ring.last = ring.last + 1
        pack(memory, HEADER_BYTES + (seq & mask) * RECORD_BYTES, head, seq, time_ns, tags, *fields, hit, seq & U32)

    def _refuse_same(self, value: bytes) -> None:
        if value == self._previous:
            raise SkipError("unchanged")
        self._previous = value


def _latest(capture: CaptureFn, meter: Meter) -> CaptureFn:
    due_ns = since_ns = early = 0

    def newest(value: object, tags: bytes, hit: int) -> bool:
        nonlocal due_ns, since_ns, early
        now_ns = monotonic_ns()
        meter.note_hit(now_ns)
        if now_ns >= due_ns:
            due_ns = now_ns + _LATEST_NS
            early = 0
            return capture(value, tags, hit)
        meter.skips["latest"] += 1
        if early == 0:
            since_ns = now_ns
        early += 1
        if early < _EARLY_HITS:
            return False
        meter.pause(now_ns, until_ns=due_ns, reason="latest", hits=early, since_ns=since_ns)
        early = 0
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


def _gated(capture: CaptureFn, ring: Ring, meter: Meter) -> CaptureFn:
    gate = ring.gate
    is_inside: Callable[[], bool] = gate._is_owned  # type: ignore[attr-defined]

    def alone(value: object, tags: bytes, hit: int) -> bool:
        if is_inside():
            meter.skips["ring_full"] += 1
            return False
        with gate:
            return capture(value, tags, hit)

    return alone
