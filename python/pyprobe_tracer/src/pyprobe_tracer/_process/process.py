"""The one piece of state of this process: which agent is in it. Forks go through here."""

from __future__ import annotations

import atexit
import os
import sys

from .._agent import quiet
from .._agent.agent import Agent, start
from .._agent.identity import Identity

_agent: Agent | None = None


def adopt(agent: Agent) -> None:
    """Makes it the agent of this process and, by forks, the origin of those of its children."""
    global _agent
    _agent = agent
    # Registered before all that the program registers, so it runs after all of it.
    atexit.register(_end)
    agent.children.install()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)


def _end() -> None:
    """Of this process' own agent: in a forked child that is another one than was there when this was registered."""
    if _agent is not None:
        _agent.end()


def _before() -> None:
    if _agent is not None:
        _agent.pause()


def _after_in_parent() -> None:
    if _agent is not None:
        _agent.resume()


def _after_in_child() -> None:
    global _agent
    if _agent is None:
        return
    quiet.end()
    parent, _agent = _agent, None
    places = parent.abandon()
    mine = parent.identity
    _agent = start(Identity(mine.address, mine.session, mine.token, mine.argv, parent.pid), places)
    if _agent is not None:
        _agent.children.install()
        _end_with_multiprocessing(_agent)


def _end_with_multiprocessing(agent: Agent) -> None:
    """A child that `multiprocessing` forks leaves by `os._exit`, after its own finalizers."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.register_after_fork(agent, lambda agent: util.Finalize(None, agent.end, exitpriority=-1000))
