"""What every kind of connection to the engine does: bytes in, bytes out, never blocking but where it says so."""

from __future__ import annotations


class ChannelError(Exception):
    """The connection is gone, or was never there."""


class Channel:
    """What both kinds of connection do."""

    def send(self, data: bytes) -> None:
        """Takes all of the data, sends what goes at once; `wait` sends the rest."""
        raise NotImplementedError

    @property
    def unsent_bytes(self) -> int:
        raise NotImplementedError

    def wait(self, timeout_s: float) -> bytes:
        """Sends what is unsent and gives what came, after `timeout_s` or earlier; empty when nothing came."""
        raise NotImplementedError

    def wake(self) -> None:
        """Ends the `wait` of another thread."""

    def close(self) -> None:
        raise NotImplementedError
