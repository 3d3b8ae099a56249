"""What stands on the command line of this process."""

from __future__ import annotations

import os
import sys


def command_line() -> list[str]:
    """Of this process, from the interpreter on."""
    known: list[str] | None = getattr(sys, "orig_argv", None)
    if known is not None:
        return known
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(part) for part in file.read().split(b"\0")]
    except OSError:
        return []
