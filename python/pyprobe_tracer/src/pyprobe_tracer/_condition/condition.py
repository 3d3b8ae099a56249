"""The condition of a probe in mode when, as hits ask for it.

Belongs to one probe. It finds the frame of the program at the hit by itself, so that nothing on the way to a capture has to carry
it, reads the variables that the expression names, and says whether the hit is one to capture. It never runs the program's code.
"""

from __future__ import annotations

import os
import sys

from .._hit.hits import UNREADABLE
from .._hit.raw_reads import look_up, read_global
from .._value.bytes import SkipError
from .syntax import parse
from .text import ConditionError
from .values import CannotEvaluate, Values

__all__ = ["Condition", "ConditionError"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType
    from typing import Any, Final

    from .._hit.hits import Anchor

_PACKAGE: Final = os.path.dirname(os.path.dirname(sys._getframe().f_code.co_filename)) + os.sep
_OPTIMIZED: Final = 0x1
"""Code flag of functions, whose `f_locals` is a copy (or a view), not the namespace itself."""
_COMPREHENSIONS: Final = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>"))
_COPIES_LOCALS: Final = sys.version_info < (3, 13)


class Condition:
    def __init__(self, expression: str, anchor: Anchor) -> None:
        """Raises `ConditionError`."""
        owner = anchor.function.rpartition(".")[0].rpartition(".")[2]
        self._names, self._evaluate = parse(expression, anchor.symbol, owner)
        self._truth = Values().truth
        self._what = f'Cannot evaluate "{expression}" at {os.path.basename(anchor.file)}:{anchor.line}'
        self.cause: str | None = None
        """Why it had no value at a hit, for the first time."""

    def require(self, value: object) -> None:
        """Raises `SkipError` unless this hit is one to capture."""
        try:
            if self._truth(self._evaluate([value, *self._variables()])):
                return
        except CannotEvaluate as error:
            reason = str(error)
        except Exception as error:
            if not _is_of_evaluation(error):  # a signal handler of the program raised it
                raise
            reason = str(error) or type(error).__name__
        else:
            raise SkipError("condition_false")
        if self.cause is None:
            self.cause = f"{self._what}: {reason}"
        raise SkipError("condition_unreadable")

    def _variables(self) -> list[Any]:
        return _read_variables(_program_frame(), self._names) if self._names else []


def _program_frame() -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame


def _read_variables(frame: FrameType | None, names: tuple[str, ...]) -> list[Any]:
    """What the names stand for in the frame: a local variable, one of a function around, a global or a built-in one, else
    `UNREADABLE`."""
    if frame is None:
        return [UNREADABLE] * len(names)
    found = _locals_of(frame, names)
    # Before 3.12 a comprehension is a frame of its own, which has only those variables of its function that it uses.
    while frame.f_code.co_name in _COMPREHENSIONS and frame.f_back is not None:
        frame = frame.f_back
        found = [inner if inner is not UNREADABLE else outer for inner, outer in zip(found, _locals_of(frame, names))]
    return [
        _global_of(frame, name) if value is UNREADABLE and not _is_local(frame.f_code, name) else value
        for value, name in zip(found, names)
    ]


def _locals_of(frame: FrameType, names: tuple[str, ...]) -> list[Any]:
    code = frame.f_code
    space = frame.f_locals
    found = [look_up(space, name) for name in names]
    if not code.co_flags & _OPTIMIZED:
        # A class body has the variables of the function around it in the frame below.
        outer = frame.f_back
        return [
            look_up(outer.f_locals, name) if value is UNREADABLE and outer is not None and name in code.co_freevars else value
            for value, name in zip(found, names)
        ]
    # The frame keeps the copy, which would keep alive what the program deletes; see `read_local`. A trace function that is at
    # work has its copy written back into the frame.
    if _COPIES_LOCALS and sys.getrefcount(space) <= 3 and sys.gettrace() is None:
        space.clear()
    return found


def _is_local(code: CodeType, name: str) -> bool:
    """A local variable that is not bound hides a global one of its name."""
    return bool(code.co_flags & _OPTIMIZED) and (name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars)


def _global_of(frame: FrameType, name: str) -> object:
    try:
        return read_global(frame, name)
    except KeyError:
        return UNREADABLE


def _is_of_evaluation(error: BaseException) -> bool:
    """Was it raised by what evaluates, numpy's own functions among it?"""
    file = vars(sys.modules["numpy"]).get("__file__") if "numpy" in sys.modules else None
    folders = (_PACKAGE, os.path.dirname(file) + os.sep) if type(file) is str else (_PACKAGE,)
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith((*folders, "<frozen ", "<__array_function__")):
            return False
        traceback = traceback.tb_next
    return True
