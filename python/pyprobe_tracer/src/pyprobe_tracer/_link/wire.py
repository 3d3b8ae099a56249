"""Packets on the link: an 8-byte header (kind, flags, reserved, u32 length; little-endian) and the payload, as `packet.ts` of the
protocol has it."""

from __future__ import annotations

from struct import Struct

from .._value.json_text import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROTOCOL_VERSION = 1
HEARTBEAT_S = 2.0
LINK_TIMEOUT_S = 10.0
JSON, RECORDS = 1, 2
# What the engine says is small; what it says of a thousand probes is still below this.
_MAX_PACKET_BYTES = 16 * 1024 * 1024
_HEADER = Struct("<BBHI")


class WireError(Exception):
    """The peer does not speak this protocol; the link is beyond repair."""


def encode(kind: int, payload: bytes) -> bytes:
    return _HEADER.pack(kind, 0, 0, len(payload)) + payload


def encode_json(message: dict[str, Any]) -> bytes:
    return encode(JSON, dumps(message).encode())


class Decoder:
    """Collects the bytes of the stream and gives the whole messages in them."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def push(self, data: bytes) -> list[dict[str, Any]]:
        """Raises `WireError`."""
        buffer = self._bytes
        buffer += data
        messages: list[dict[str, Any]] = []
        while len(buffer) >= _HEADER.size:
            kind, flags, reserved, length = _HEADER.unpack_from(buffer)
            if kind != JSON or flags or reserved or length > _MAX_PACKET_BYTES:
                raise WireError("Cannot read packet of the engine: its header is not one of ours")
            end = _HEADER.size + length
            if len(buffer) < end:
                break
            messages.append(_parse(bytes(buffer[_HEADER.size : end])))
            del buffer[:end]
        return messages


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        message = loads(payload.decode())
    except ValueError as error:
        raise WireError(f"Cannot read message of the engine: {error}") from None
    if type(message) is not dict or type(message.get("type")) is not str:
        raise WireError("Cannot read message of the engine: it has no type")
    return message
