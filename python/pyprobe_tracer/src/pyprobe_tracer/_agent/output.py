"""The output of a program that the engine itself has started: it goes into pipes of the engine.

Plain Python would keep it in blocks of 8 kB, because a pipe is no terminal; the person who watches would see nothing for long.
So lines are let out as they end, which is what a terminal shows, and nothing else of the streams is changed.

And when the engine is gone, a pipe that nobody reads would end the program. The engine gives pipes whose writing end can be
read, too, so that never breaks; the link thread, which then has nothing else to do, reads them empty.
"""

from __future__ import annotations

import os
import sys
from time import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WATCHED = (1, 2)
_LOOKS = 40
_LOOK_S = 0.025
_POLL_MS = 1000
_CHUNK_BYTES = 1 << 16

_pipes: dict[int, tuple[int, ...]] = {}
_engine = 0


def adopt() -> None:
    """Before the program's first line."""
    global _engine
    _engine = os.getppid()
    for descriptor in _WATCHED:
        if _is_readable_pipe(descriptor):
            _pipes[descriptor] = _identity(descriptor)
    _reconfigure(sys.stdout, line_buffering=True)
    if sys.platform == "win32":
        # A pipe would be in the code page of the system; a console is in UTF-8, and so is the engine.
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            _reconfigure(stream, encoding="utf-8")


def drain() -> None:
    """The link is lost. When that is because the engine has gone, reads in its stead, as long as the program runs."""
    if not _pipes or not _is_engine_gone():
        return
    import select

    poll = select.poll()
    for descriptor in _pipes:
        poll.register(descriptor, select.POLLIN)
    while _pipes:
        for descriptor, events in poll.poll(_POLL_MS):
            try:
                if events & select.POLLIN and _identity(descriptor) == _pipes[descriptor]:
                    os.read(descriptor, _CHUNK_BYTES)
                    continue
            except OSError:
                pass
            # The program has closed it, or put something else there.
            poll.unregister(descriptor)
            del _pipes[descriptor]


def _is_engine_gone() -> bool:
    """Also when its process is still an entry that nobody has asked for: its children have another parent then."""
    was_parent = os.getppid() == _engine
    for _ in range(_LOOKS):
        try:
            os.kill(_engine, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        if was_parent and os.getppid() != _engine:
            return True
        sleep(_LOOK_S)
    return False


def _is_readable_pipe(descriptor: int) -> bool:
    try:
        import fcntl
        import stat

        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return False
        return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDWR
    except (ImportError, OSError):
        return False


def _identity(descriptor: int) -> tuple[int, ...]:
    return os.fstat(descriptor)[1:3]


def _reconfigure(stream: Any, **settings: Any) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(**settings)
