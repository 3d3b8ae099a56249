"""The output of a program that the engine itself has started: it goes into pipes of the engine.

Plain Python would keep it in blocks of 8 kB, because a pipe is no terminal; the person who watches would see nothing for long.
So lines are let out as they end, which is what a terminal shows, and nothing else of the streams is changed. And when the
engine is gone, nobody reads the pipes: output then goes nowhere, rather than ending the program by a broken pipe.
"""

from __future__ import annotations

import os
import sys
from time import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WATCHED = (1, 2)
_LOOKS = 20
_LOOK_S = 0.05

_pipes: dict[int, tuple[int, ...]] = {}


def adopt() -> None:
    """Before the program's first line."""
    for descriptor in _WATCHED:
        try:
            _pipes[descriptor] = os.fstat(descriptor)[1:3]
        except OSError:
            continue
    _reconfigure(sys.stdout, line_buffering=True)
    if sys.platform == "win32":
        # A pipe would be in the code page of the system; a console is in UTF-8, and so is the engine.
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            _reconfigure(stream, encoding="utf-8")


def let_go() -> None:
    """The link is lost. When that is because the engine has gone, its ends of the pipes close within moments."""
    if not _pipes or sys.platform == "win32":
        return
    import select

    poll = select.poll()
    for descriptor in _pipes:
        poll.register(descriptor, 0)
    for _ in range(_LOOKS):
        for descriptor, events in poll.poll(0):
            poll.unregister(descriptor)
            identity = _pipes.pop(descriptor)
            if events & (select.POLLHUP | select.POLLERR):
                _send_nowhere(descriptor, identity)
        if not _pipes:
            return
        sleep(_LOOK_S)


def _send_nowhere(descriptor: int, identity: tuple[int, ...]) -> None:
    """Unless the program has put something else there meanwhile."""
    try:
        if os.fstat(descriptor)[1:3] != identity:
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    except OSError:
        return


def _reconfigure(stream: Any, **settings: Any) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(**settings)
