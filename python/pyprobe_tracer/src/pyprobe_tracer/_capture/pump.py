"""Where there is no shared memory: reads the private rings in the engine's stead and sends the same records as packets."""

from __future__ import annotations

from struct import Struct

from .._link.wire import RECORDS, encode
from .._value.record import PAYLOAD, RECORD_BYTES, padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._link.channel import Channel
    from .ring import Ring

_PACKET_BYTES = 1 << 20
_U64 = Struct("<Q")
_KIND = _PROBE = Struct("<H")
_REFERENCE = Struct("<QI")


class Pump:
    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._next = 1

    def send(self, channel: Channel) -> bool:
        """Sends what is committed, as far as the socket takes it. Is there more?"""
        while not channel.unsent_bytes:
            packet = self.collect()
            if not packet:
                return False
            channel.send(encode(RECORDS, packet))
        return True

    def collect(self) -> bytes:
        """The next records in packet form; their places are free again."""
        ring, parts, size, freed = self._ring, [], 0, 0
        while size < _PACKET_BYTES and self._next <= ring.last and ring.is_committed(self._next):
            offset = ring.offset(self._next)
            record = bytearray(ring.map[offset : offset + RECORD_BYTES])
            self._next += 1
            if not _PROBE.unpack_from(record, 6)[0]:
                continue
            if _KIND.unpack_from(record, 4)[0] == PAYLOAD:
                position, length = _REFERENCE.unpack_from(record, 40)
                start = ring.offset_of(position)
                _U64.pack_into(record, 40, 0)
                record += ring.bulk.map[start : start + length]
                record += bytes(padded(length) - length)
                freed = position + padded(length)
            parts.append(record)
            size += len(record)
        if freed:
            _U64.pack_into(ring.bulk.map, 64, freed)
        _U64.pack_into(ring.map, 64, self._next)
        return b"".join(parts)
