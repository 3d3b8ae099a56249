"""The hot path: from a float, an int, or what `struct` takes for one, to a committed record.

What makes it short:

- The places in the ring that may be written, and the captures that a meter allows, are iterators. One step of a `for` takes
  the next one, tells when there are no more, and is indivisible; counting, comparing and storing by hand take thrice as long.
- All names are local or in cells; the only calls are those of the clock and of `struct`.
- Whatever is not the common case (other types, credit used up, a full ring, the end of a lap) leaves by a side door.

Between taking a place and committing its record nothing may raise, or the reader would wait at that place for a while. An
interpreter with a GIL looks for signals and other threads only after calls and at jumps back (since 3.10), so there is
nothing between but the one call that commits. Another thread that comes between (3.9 lets it in anywhere) does no harm: it
takes another place. Without a GIL even one step of an iterator is not indivisible, and every capture holds the gate of the ring.
"""

from __future__ import annotations

from struct import error as StructError
from time import monotonic_ns

from .._value.record import FLOAT, INT, LAYOUTS, prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._hit.hits import CaptureFn
    from .govern import Meter
    from .ring import Ring

    Direct = dict[int, tuple[Callable[..., None], bytes, int]]
    """Address of a type → how its values are packed, the first six bytes of their records, the code of the type."""

_INT64_LOW = -(2**63)
_INT64_HIGH = 2**63 - 1


def lean_capture(
    ring: Ring, number: int, meter: Meter, direct: Direct, *, write: CaptureFn, allows: Callable[[int], bool]
) -> CaptureFn:
    """The function for the hits of one probe that captures whatever it may. `write` takes all that does not go the short way;
    `allows` is that of the meter."""
    clock = monotonic_ns
    memory = ring.map
    low, high = _INT64_LOW, _INT64_HIGH
    owner = number.to_bytes(2, "little")
    pack_float, float_head = LAYOUTS[FLOAT].pack_into, prefix(FLOAT, number)
    pack_int, int_head = LAYOUTS[INT].pack_into, prefix(INT, number)

    def capture(value: Any, tags: bytes, hit: int) -> bool:
        kind = type(value)
        if kind is float:
            pack, head, code = pack_float, float_head, 1
        elif kind is int and low <= value <= high:
            pack, head, code = pack_int, int_head, 2
        elif id(kind) in direct:
            pack, head, code = direct[id(kind)]
            head += owner
        else:
            return write(value, tags, hit)
        time_ns = clock()
        for _ in meter.credit:
            for seq, offset in ring.free:
                try:
                    pack(memory, offset, head, seq, time_ns, tags, code, value, hit, seq)
                except StructError:
                    ring.commit_wide(offset, hit, seq)
                return False
            meter.give_back()
            return write(value, tags, hit)
        # Credit is taken for many hits at once; the first of them is timed for what the others cost.
        if not allows(time_ns):
            return meter.rests
        rests = capture(value, tags, hit)
        meter.learn(clock() - time_ns)
        return rests

    return capture
