"""Whose exception is it? Our own never reach the program; those of its signal handlers, which can run in the middle of our
code, must."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Final

_HERE: Final = os.path.dirname(os.path.dirname(__file__)) + os.sep
_LIBRARY: Final = os.path.dirname(os.__file__) + os.sep
_PACKAGES: Final = os.path.join(os.path.dirname(os.__file__), "site-packages") + os.sep


def is_ours(error: BaseException) -> bool:
    """Was it raised by this package (or by the standard library under it) and not by code of the program?"""
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        if not _is_inside(traceback.tb_frame.f_code.co_filename):
            return False
        traceback = traceback.tb_next
    return True


def _is_inside(filename: str) -> bool:
    if filename.startswith((_HERE, "<frozen ")):
        return True
    return filename.startswith(_LIBRARY) and not filename.startswith(_PACKAGES)
