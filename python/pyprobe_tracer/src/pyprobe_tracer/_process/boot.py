"""The agent in a Python that the program started: begun by `boot/sitecustomize.py`, before the program's first line."""

from __future__ import annotations

from .command_line import command_line


def boot(connect: str, session: str, token: str, parent: str | None) -> None:
    """Starts the agent in a child, from its `sitecustomize`. Silent when that cannot be."""
    if any("multiprocessing.resource_tracker" in argument for argument in command_line()):
        return
    from .._agent.agent import start
    from .._agent.identity import Identity
    from .process import adopt

    number = int(parent) if parent and parent.isdigit() else None
    agent = start(Identity(connect, session, token, _program(), number))
    if agent is not None:
        adopt(agent)
        if agent.placer.mechanism == "code_swap":
            from .child_script import ChildScript

            ChildScript(agent).install()


def _program() -> list[str]:
    line = command_line()
    return [part for part in line[1:] if part] or [""]
