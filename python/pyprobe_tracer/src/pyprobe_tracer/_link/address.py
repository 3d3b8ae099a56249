"""From the address of an engine to a connection."""

from __future__ import annotations

import _socket
import sys

from .channel import ChannelError
from .socket_channel import SocketChannel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .channel import Channel


def connect(address: str, timeout_s: float) -> Channel:
    """`unix:/path`, `tcp:host:port` or, on Windows, `pipe:` and the path of a named pipe. Raises `ChannelError`."""
    scheme, _, rest = address.partition(":")
    try:
        if scheme == "unix":
            return SocketChannel(_connect(_socket.AF_UNIX, rest, timeout_s))
        if scheme == "tcp":
            host, _, port = rest.rpartition(":")
            family, _, _, _, target = _socket.getaddrinfo(host.strip("[]"), int(port), 0, _socket.SOCK_STREAM)[0]
            channel = _connect(family, target, timeout_s)
            channel.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            return SocketChannel(channel)
        if scheme == "pipe" and sys.platform == "win32":
            from .pipe import PipeChannel

            return PipeChannel(rest)
    except (OSError, ValueError) as error:
        raise ChannelError(f"Cannot reach the engine at {address}: {error}") from error
    raise ChannelError(f"Cannot reach the engine at {address}: no such kind of address here")


def _connect(family: int, target: object, timeout_s: float) -> _socket.socket:
    made = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        made.settimeout(timeout_s)
        made.connect(target)  # type: ignore[arg-type]
    except BaseException:
        made.close()
        raise
    return made
