"""What a value becomes on its way into a record, and the limits it keeps to."""

from __future__ import annotations

from .record import MAX_PAYLOAD_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import mmap
    from typing import Any, Callable, Union

    Scalar = tuple[int, tuple[Any, ...]]
    """Kind of the record, and the fields of its layout from `type` to the value's last."""
    Encoded = Union[Scalar, "Payload"]


class SkipError(Exception):
    """The hit makes no capture. `reason` is one of `skipReasonSchema`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Payload:
    """`size` bytes that `fill` writes into memory, from an offset that is a multiple of 8."""

    __slots__ = ("fill", "kind", "size")

    def __init__(self, kind: int, size: int, fill: Callable[[mmap.mmap, int], None]) -> None:
        if size > MAX_PAYLOAD_BYTES:
            raise SkipError("too_large")
        self.kind = kind
        self.size = size
        self.fill = fill


def bytes_payload(kind: int, data: bytes) -> Payload:
    size = len(data)

    def fill(memory: mmap.mmap, start: int) -> None:
        memory[start : start + size] = data

    return Payload(kind, size, fill)


class Limits:
    """How much one capture may carry. The engine may change them at any time; readers look at each value."""

    def __init__(self, limits: dict[str, Any]) -> None:
        self._most_bytes = MAX_PAYLOAD_BYTES
        self.update(limits)

    def update(self, limits: dict[str, Any]) -> None:
        """`limits` is a `limitsSchema`."""
        self.budget = float(limits["budget"])
        self._asked_bytes = int(limits["payloadBytes"])
        self.fit(self._most_bytes)
        self.text_characters = int(limits["textCharacters"])
        self.tree_items = int(limits["treeItems"])
        self.tree_depth = int(limits["treeDepth"])
        self.deadline_ns = int(float(limits["deadlineMs"]) * 1e6)

    def fit(self, ring_bytes: int) -> None:
        """Where the ring is small, arrays that it could never hold are summed up instead of skipped."""
        self._most_bytes = min(ring_bytes, MAX_PAYLOAD_BYTES)
        head_bytes = min(4096, self._most_bytes // 4)
        self.payload_bytes = min(self._asked_bytes, self._most_bytes - head_bytes)
