"""How this process presents itself to the engine."""

from __future__ import annotations

import os
import sys

from .. import __version__
from .._link.wire import PROTOCOL_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Identity:
    def __init__(self, address: str, session: str, token: str, argv: list[str], parent: int | None) -> None:
        self.address = address
        self.session = session
        self.token = token
        self.argv = argv
        self.parent = parent

    def hello(self, mechanism: str) -> dict[str, Any]:
        major, minor, micro = sys.version_info[:3]
        return {
            "type": "hello",
            "protocol": PROTOCOL_VERSION,
            "agent": __version__,
            "token": self.token,
            "session": self.session,
            "python": f"{major}.{minor}.{micro}",
            "implementation": sys.implementation.name,
            "pid": os.getpid(),
            "parent": self.parent,
            "executable": sys.executable or "",
            "mechanism": mechanism,
            "features": [],
            "argv": self.argv,
            "cwd": _cwd(),
        }


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
