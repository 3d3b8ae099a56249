"""The connection to the engine through a named pipe of Windows, with overlapped reads and writes.

A handle that is opened like a file does one thing at a time: a read that waits would hold back every write. So both are
started and left to the system, and `wait` waits for either.
"""

from __future__ import annotations

import _winapi
import sys

from .channel import Channel, ChannelError

assert sys.platform == "win32"

_CHUNK_BYTES = 1 << 16
_BUSY_WAIT_MS = 2_000
_SLICE_MS = 50
"""Nothing ends a wait early, so it is cut into pieces after which the caller's clock is looked at."""
_ERROR_IO_INCOMPLETE = 996


class PipeChannel(Channel):
    def __init__(self, path: str) -> None:
        _winapi.WaitNamedPipe(path, _BUSY_WAIT_MS)
        self._handle = _winapi.CreateFile(
            path,
            _winapi.GENERIC_READ | _winapi.GENERIC_WRITE,
            0,
            _winapi.NULL,
            _winapi.OPEN_EXISTING,
            _winapi.FILE_FLAG_OVERLAPPED,
            _winapi.NULL,
        )
        self._unsent = bytearray()
        self._reading: _winapi.Overlapped | None = None
        self._writing: _winapi.Overlapped | None = None

    def send(self, data: bytes) -> None:
        self._unsent += data
        self._flush()

    @property
    def unsent_bytes(self) -> int:
        return len(self._unsent)

    def wait(self, timeout_s: float) -> bytes:
        try:
            if self._reading is None:
                self._reading, _ = _winapi.ReadFile(self._handle, _CHUNK_BYTES, overlapped=True)
            waited_for = [started.event for started in (self._reading, self._writing) if started is not None]
            _winapi.WaitForMultipleObjects(waited_for, False, min(int(timeout_s * 1000), _SLICE_MS))
            self._flush()
            return self._receive(self._reading)
        except OSError as error:
            raise ChannelError(f"Cannot read from the engine: {error}") from error

    def close(self) -> None:
        for started in (self._reading, self._writing):
            if started is not None:
                try:
                    started.cancel()
                except OSError:
                    pass
        _winapi.CloseHandle(self._handle)

    def _flush(self) -> None:
        try:
            while True:
                if self._writing is not None:
                    sent, error = self._writing.GetOverlappedResult(False)
                    if error == _ERROR_IO_INCOMPLETE:
                        return
                    del self._unsent[:sent]
                    self._writing = None
                if not self._unsent:
                    return
                self._writing, _ = _winapi.WriteFile(self._handle, bytes(self._unsent[:_CHUNK_BYTES]), overlapped=True)
        except OSError as error:
            raise ChannelError(f"Cannot send to the engine: {error}") from error

    def _receive(self, reading: _winapi.Overlapped) -> bytes:
        received, error = reading.GetOverlappedResult(False)
        if error == _ERROR_IO_INCOMPLETE:
            return b""
        self._reading = None
        if received == 0:
            raise ChannelError("Cannot read from the engine: it closed the link")
        return bytes(reading.getbuffer() or b"")[:received]
