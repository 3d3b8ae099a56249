"""Finds the code of a file that the program has loaded already: in its functions, generators and running frames."""

from __future__ import annotations

import gc
import sys
from types import AsyncGeneratorType, CoroutineType, FunctionType, GeneratorType
from typing import TYPE_CHECKING

from .anchors import walk_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType
    from typing import Callable, Final

_current_frames: Final = sys._current_frames
_get_objects: Final = gc.get_objects


def loaded_code(belongs: Callable[[str], bool]) -> list[CodeType]:
    """Every code object, nested ones included, whose file name `belongs`. Costs about 100 ns for each object that the
    garbage collector knows."""
    found: dict[int, CodeType] = {}
    answers: dict[str, bool] = {}
    for code in _roots():
        filename = code.co_filename
        answer = answers.get(filename)
        if answer is None:
            answer = answers[filename] = belongs(filename)
        if answer and id(code) not in found:
            for inner in walk_code(code):
                found[id(inner)] = inner
    return list(found.values())


def running_frames() -> Iterator[tuple[int, FrameType]]:
    """All frames on the stacks of all threads, with the thread's identity, innermost first."""
    for thread, innermost in list(_current_frames().items()):
        frame: FrameType | None = innermost
        while frame is not None:
            yield thread, frame
            frame = frame.f_back


def _roots() -> Iterator[CodeType]:
    for _, frame in running_frames():
        yield frame.f_code
    for item in _get_objects():
        kind = type(item)
        if kind is FunctionType:
            yield item.__code__
        elif kind is GeneratorType:
            yield item.gi_code
        elif kind is CoroutineType:
            yield item.cr_code
        elif kind is AsyncGeneratorType:
            yield item.ag_code


def functions_of(belongs: Callable[[str], bool]) -> list[FunctionType]:
    """Every live function whose code's file name `belongs`."""
    answers: dict[str, bool] = {}
    found = []
    for item in _get_objects():
        if type(item) is FunctionType:
            filename = item.__code__.co_filename
            answer = answers.get(filename)
            if answer is None:
                answer = answers[filename] = belongs(filename)
            if answer:
                found.append(item)
    return found


def functions_with(codes: list[CodeType]) -> Iterator[FunctionType]:
    """Every live function that has one of these code objects: found by the garbage collector itself, which is several times
    faster than to look at all that it knows."""
    if codes:
        for item in gc.get_referrers(*codes):
            if type(item) is FunctionType:
                yield item
