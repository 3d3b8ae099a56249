"""The connection to the engine through a socket.

Its descriptors are a guest's: they have high numbers, so that the program's own begin where they always did, they are not
inherited, and each use first makes sure that the number still means the same thing. A program that turns into a daemon closes
every descriptor, and the next file it opens gets the number; nothing of ours must ever be written there.
"""

from __future__ import annotations

import _socket
import sys
from os import close, fstat, pipe, read, set_blocking, write

try:
    from select import POLLIN, POLLOUT, poll
except ImportError:  # Windows
    from select import select

from .channel import Channel, ChannelError

_LOWEST_DESCRIPTOR = 200
_CHUNK_BYTES = 1 << 18


class SocketChannel(Channel):
    def __init__(self, connected: _socket.socket) -> None:
        self._socket = _lifted(connected)
        self._socket.setblocking(False)
        self._unsent = bytearray()
        self._wake = None if sys.platform == "win32" else _lifted_pipe()
        self._identities = self._look()

    def _look(self) -> list[tuple[int, ...]]:
        if sys.platform == "win32" or self._wake is None:
            return []
        return [fstat(descriptor)[1:3] for descriptor in (self._socket.fileno(), *self._wake)]

    def _check(self) -> None:
        try:
            if self._look() == self._identities:
                return
        except OSError:
            pass
        # The numbers are somebody else's now. They must not be closed either.
        self._socket.detach()
        self._wake = None
        self._identities = []
        raise ChannelError("Cannot use the link: the program closed its descriptors")

    def send(self, data: bytes) -> None:
        self._check()
        self._unsent += data
        self._flush()

    @property
    def unsent_bytes(self) -> int:
        return len(self._unsent)

    def _flush(self) -> None:
        while self._unsent:
            try:
                sent = self._socket.send(memoryview(self._unsent)[:_CHUNK_BYTES].tobytes())
            except BlockingIOError:
                return
            except OSError as error:
                raise ChannelError(f"Cannot send to the engine: {error}") from error
            del self._unsent[:sent]

    def wait(self, timeout_s: float) -> bytes:
        self._check()
        try:
            readable, writable = self._poll(timeout_s)
            if writable:
                self._flush()
            return self._receive() if readable else b""
        except (OSError, ValueError) as error:
            raise ChannelError(f"Cannot read from the engine: {error}") from error

    def _poll(self, timeout_s: float) -> tuple[bool, bool]:
        """Is there something to read, can something be written? Empties the wake pipe on the way."""
        own = self._socket.fileno()
        if self._wake is None:
            ready, writable, _ = select([own], [own] if self._unsent else [], [], timeout_s)
            return bool(ready), bool(writable)
        waiting = poll()
        waiting.register(own, POLLIN | POLLOUT if self._unsent else POLLIN)
        waiting.register(self._wake[0], POLLIN)
        events = dict(waiting.poll(int(timeout_s * 1000)))
        if self._wake[0] in events:
            read(self._wake[0], 64)
        happened = events.get(own, 0)
        return bool(happened & ~POLLOUT), bool(happened & POLLOUT)

    def _receive(self) -> bytes:
        self._check()
        try:
            data = self._socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            raise ChannelError("Cannot read from the engine: it closed the link")
        return data

    def wake(self) -> None:
        try:
            self._check()
            if self._wake is not None:
                write(self._wake[1], b"!")
        except (OSError, ChannelError):
            pass

    def close(self) -> None:
        try:
            self._check()
        except ChannelError:
            return
        self._socket.close()
        if self._wake is not None:
            close(self._wake[0])
            close(self._wake[1])
            self._wake = None
        self._identities = []


def _lifted(connected: _socket.socket) -> _socket.socket:
    """The same connection under a high descriptor."""
    high = _high_descriptor(connected.fileno())
    if high is None:
        return connected
    lifted = _socket.socket(connected.family, connected.type, connected.proto, high)
    connected.close()
    return lifted


def _lifted_pipe() -> tuple[int, int]:
    lifted = []
    for low in pipe():
        high = _high_descriptor(low)
        if high is not None:
            close(low)
        lifted.append(low if high is None else high)
        set_blocking(lifted[-1], False)
    return lifted[0], lifted[1]


def _high_descriptor(low: int) -> int | None:
    try:
        import fcntl

        return fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, _LOWEST_DESCRIPTOR)
    except (ImportError, OSError):
        return None
