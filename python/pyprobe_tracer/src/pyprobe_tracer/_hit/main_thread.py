"""Which thread is the main one.

`threading` knows it, but takes whatever thread imports it first for the main thread (before 3.13), and a program need not have
imported it before a probe is added on a thread of ours. So this is imported where the agent starts, on the main thread, and
nothing of the agent imports `threading`.
"""

from __future__ import annotations

from _thread import get_ident

_identities = [get_ident()]


def main_thread_identity() -> int:
    return _identities[0]


def fork_child() -> None:
    """The thread that forked is the only one in the child, and its main one."""
    _identities[0] = get_ident()
