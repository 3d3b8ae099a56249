"""Exceptions that nobody caught, in the main program, its threads and its asyncio tasks, told to the engine.

The main program's comes from the launcher, or from what the interpreter remembers of it at the end. For threads and tasks a
function of ours stands before the one that is there, and calls it. `threading` takes it from `_thread` when the program imports
it; `asyncio` gets it while it is being imported. Neither is imported from here, and no message is made by a `__str__` of the
program's own.
"""

from __future__ import annotations

import _thread
import os
import sys
from importlib import _bootstrap_external

from .._value import raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Callable

    from .._value.redact import Redactor

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_RUNPY = ("<frozen runpy>", os.path.join(os.path.dirname(os.__file__), "runpy.py"))
MAIN_THREAD = "MainThread"
_MESSAGE_CHARACTERS = 2000
_FRAMES = 100
_PLAIN = tuple(map(id, (str, int, float, bool, bytes, type(None))))
_WRAPPER = type(object.__str__)


class Exceptions:
    def __init__(self, redactor: Redactor, say: Callable[[dict[str, Any]], None]) -> None:
        self._redactor = redactor
        self._say = say
        self._reported: int | None = None
        """Of the main program, whose exception may come twice. It lives until the end, so nothing else has its address."""
        self._restores: list[Callable[[], None]] = []
        self._threads_done = False
        self._tasks_done = False

    def install(self) -> None:
        """Puts our functions before those of the modules that are imported by now. Cheap to call again."""
        if not self._threads_done:
            self._threads_done = True
            self._watch_threads()
            self._watch_imports()
        self._find_asyncio()

    def _find_asyncio(self) -> None:
        events = sys.modules.get("asyncio.base_events")
        if not self._tasks_done and events is not None and hasattr(events, "BaseEventLoop"):
            self._tasks_done = True
            self._watch_tasks(events.BaseEventLoop)

    def remove(self) -> None:
        while self._restores:
            self._restores.pop()()

    def _watch_threads(self) -> None:
        threading: Any = sys.modules.get("threading")
        following = threading.excepthook if threading is not None else _thread._excepthook

        def excepthook(args: Any, /) -> Any:
            held = raw.instance_dict(args.thread) or {} if args.thread is not None else {}
            name = held.get("_name")
            if args.exc_type is not SystemExit:
                self.report(args.exc_value, args.exc_traceback, name if type(name) is str else "thread")
            return following(args)

        def restore() -> None:
            module = sys.modules.get("threading")
            for holder, name in ((_thread, "_excepthook"), (module, "excepthook"), (module, "__excepthook__")):
                if getattr(holder, name, None) is excepthook:
                    setattr(holder, name, following)

        if threading is not None:
            threading.excepthook = excepthook
        else:
            _thread._excepthook = excepthook
        self._restores.append(restore)

    def _watch_imports(self) -> None:
        """A task may fail as soon as `asyncio` is there."""
        loader: Any = _bootstrap_external._LoaderBasics  # type: ignore[attr-defined]
        following = loader.exec_module

        def exec_module(self_: Any, module: Any) -> Any:
            following(self_, module)
            self._find_asyncio()

        # importlib cuts its own frames out of the traceback of a module that does not import: this one is one of them.
        exec_module.__code__ = exec_module.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
        exec_module.__qualname__ = following.__qualname__

        def restore() -> None:
            if loader.exec_module is exec_module:
                loader.exec_module = following

        loader.exec_module = exec_module
        self._restores.append(restore)

    def _watch_tasks(self, loop: Any) -> None:
        following = loop.call_exception_handler

        def call_exception_handler(self_: Any, context: Any) -> Any:
            error = context.get("exception") if type(context) is dict else None
            if raw.derives(type(error), BaseException):
                self.report(error, _traceback_of(error), "asyncio")
            return following(self_, context)

        def restore() -> None:
            if loop.call_exception_handler is call_exception_handler:
                loop.call_exception_handler = following

        loop.call_exception_handler = call_exception_handler
        self._restores.append(restore)

    def report_last(self) -> None:
        """At the end: the exception that ended the main program, when the launcher has not told it."""
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
        if error is not None and raw.derives(type(error), BaseException):
            self.report(error, _traceback_of(error), MAIN_THREAD)

    def report(self, error: BaseException | None, trace: TracebackType | None, thread: str) -> None:
        """Never raises: this is called while the program's own exception is on its way."""
        if error is None:
            return
        if thread == MAIN_THREAD:
            if self._reported == id(error):
                return
            self._reported = id(error)
        try:
            self._say(self._describe(error, trace, thread))
        except Exception:
            return

    def _describe(self, error: BaseException, trace: TracebackType | None, thread: str) -> dict[str, Any]:
        frames = frames_of(trace)
        file, line = (frames[-1]["file"], frames[-1]["line"]) if frames else (None, None)
        if raw.derives(type(error), SyntaxError):
            attributes = raw.namespace(SyntaxError)
            where = attributes["filename"].__get__(error), attributes["lineno"].__get__(error)
            if type(where[0]) is str and type(where[1]) is int:
                file, line = where
        message = message_of(error)[:_MESSAGE_CHARACTERS]
        return {
            "exception": raw.type_name(type(error)),
            "message": "•••" if self._redactor.hides_text(message) else message,
            "file": file,
            "line": line,
            "thread": thread,
            "frames": frames,
        }


def _traceback_of(error: Any) -> TracebackType | None:
    trace: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return trace


def frames_of(trace: TracebackType | None) -> list[dict[str, Any]]:
    """The innermost is the last. Without frames of ours and of the launching `runpy`."""
    frames: list[dict[str, Any]] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        is_own = code.co_filename.startswith(_PACKAGE) or code.co_filename in _RUNPY
        if not is_own:
            name = getattr(code, "co_qualname", code.co_name)
            frames.append({"file": code.co_filename, "line": trace.tb_lineno or 0, "function": name})
        trace = trace.tb_next
    return frames[-_FRAMES:]


def message_of(error: BaseException) -> str:
    """What `str` gives, where only the interpreter's own code makes it; else the first text among the arguments."""
    args: tuple[Any, ...] = BaseException.__dict__["args"].__get__(error)
    if type(raw.class_attribute(type(error), "__str__")) is _WRAPPER and all(map(_is_plain, args)):
        return str(error)
    return next((arg for arg in args if type(arg) is str), "")


def _is_plain(value: Any) -> bool:
    kind = id(type(value))
    return kind in _PLAIN or (kind == id(tuple) and all(map(_is_plain, value)))
