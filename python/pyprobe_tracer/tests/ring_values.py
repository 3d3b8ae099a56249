"""Captures values in this process, through real rings, and reads them back."""

from __future__ import annotations

import struct
import time
from typing import Any

from engine_peer import LIMITS, Record
from pyprobe_tracer._capture.capture import Recorder
from pyprobe_tracer._capture.govern import Budget, Meter
from pyprobe_tracer._capture.ring import Ring
from pyprobe_tracer._condition.condition import Condition
from pyprobe_tracer._hit.hits import Anchor
from pyprobe_tracer._value.bytes import Limits
from pyprobe_tracer._value.redact import Redactor
from pyprobe_tracer._value.value import Reader

ANCHOR = Anchor("/a/radio.py", 12, 0, "x", "f", "store")
TAGS = struct.pack("<IIIH", 11, 22, 33, 44)


class Scope:
    """One probe on a ring of its own."""

    def __init__(self, base: Any = None, *, slots: int = 1024, bulk: int = 1 << 22, **limits: Any) -> None:
        self.ring = Ring(slots, bulk, None if base is None else str(base))
        self.reader = Reader(Limits({**LIMITS, **limits}), Redactor(["password"]))
        self.budget = Budget(0.05)
        self.recorder = Recorder(self.ring, self.reader, lambda: self.is_alive)
        self.is_alive = True
        self.next = 1

    def probe(self, mode: Any = "every", *, number: int = 7, secret: bool = False, anchor: Anchor = ANCHOR) -> tuple[Any, Meter]:
        spec = mode if isinstance(mode, dict) else {"kind": mode}
        condition = None
        if spec["kind"] == "when":
            condition = Condition(spec["expression"], anchor)
        is_budgeted = spec["kind"] == "auto" or spec.get("every") is False
        meter = Meter(f"p{number}", self.budget, is_budgeted, 100, now_ns=time.monotonic_ns())
        return self.recorder.capture_fn(number, meter, spec, secret, condition), meter

    def read(self) -> list[Record]:
        """What was committed since, as the engine reads it; its room is free again."""
        found = []
        while self.next <= self.ring.last and self.ring.is_committed(self.next):
            offset = self.ring.offset(self.next)
            raw = bytes(self.ring.map[offset : offset + 64])
            payload = b""
            if struct.unpack_from("<H", raw, 4)[0] == 6:
                position, size = struct.unpack_from("<QI", raw, 40)
                start = self.ring.offset_of(position)
                payload = bytes(self.ring.bulk.map[start : start + size])
                struct.pack_into("<Q", self.ring.bulk.map, 64, position + ((size + 7) & ~7))
            found.append(Record(raw, payload))
            self.next += 1
            struct.pack_into("<Q", self.ring.map, 64, self.next)
        return found


def captured(value: object, **limits: Any) -> Any:
    """The one record that a value makes."""
    scope = Scope(bulk=1 << 26, **limits)
    capture, meter = scope.probe()
    assert capture(value, TAGS, 1) is False
    assert not any(meter.skips.values()), meter.skips
    (record,) = scope.read()
    return record


def skipped(value: object, **limits: Any) -> str:
    """The reason why a value makes no record."""
    scope = Scope(**limits)
    capture, meter = scope.probe()
    assert capture(value, TAGS, 1) is False
    assert scope.read() == []
    (reason,) = [reason for reason, hits in meter.skips.items() if hits == 1]
    return reason
