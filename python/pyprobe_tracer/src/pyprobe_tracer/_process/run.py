"""Runs the program as `python script.py` or `python -m module` would have, with the agent in it.

What a program can see of how it was started is put back to what plain `python` makes of it: `sys.argv`, `sys.path`, a fresh
`__main__`, the exit code, the text of tracebacks. What cannot be hidden is that frames stand below the program's own
(`sys._getframe`); they are cut from every traceback.
"""

from __future__ import annotations

import os
import sys

from .command_line import command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType
    from typing import Any, Callable, NoReturn

    from .._agent.agent import Agent

USAGE = "usage: python -m pyprobe_tracer --connect ADDRESS [--session ID] (script.py | -m module) [args ...]"

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_COMMAND_LINE = command_line()


class Command:
    """What stands on the command line."""

    def __init__(self, args: list[str]) -> None:
        self.address = ""
        self.session = ""
        self.module: str | None = None
        rest = list(args)
        while rest and rest[0] in ("--connect", "--session"):
            if len(rest) < 2:
                _refuse_usage(f"{rest[0]} needs a value")
            if rest[0] == "--connect":
                self.address = rest[1]
            else:
                self.session = rest[1]
            del rest[:2]
        if rest and rest[0] == "-m":
            if len(rest) < 2:
                _refuse_usage("-m needs a module")
            self.module = rest[1]
            del rest[0]
        if not rest or not self.address:
            _refuse_usage("an address and a program are needed")
        self.argv = rest


def _refuse_usage(what: str) -> NoReturn:
    sys.stderr.write(f"{USAGE}\npyprobe_tracer: error: {what}\n")
    raise SystemExit(2)


def main() -> None:
    """The whole life of the program."""
    command = Command(sys.argv[1:])
    agent = _start_agent(command)
    _hide_start(command)
    if command.module is not None:
        name = command.module
        _guarded(agent, lambda: _run_module(name, True))
    else:
        _run_path(agent, command.argv[0])


def _start_agent(command: Command) -> Agent | None:
    from .._agent import output
    from .._agent.agent import start
    from .._agent.identity import Identity
    from . import process

    token = os.environ.pop("PYPROBE_TOKEN", "")
    if os.environ.pop("PYPROBE_OUTPUT", "") == "engine":
        output.adopt()
    agent = start(Identity(command.address, command.session, token, list(command.argv), None))
    if agent is not None:
        process.adopt(agent)
    return agent


def _hide_start(command: Command) -> None:
    sys.argv = list(command.argv)
    if command.module is not None:
        sys.argv[0] = "-m"
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [
            *_interpreter_part(_COMMAND_LINE),
            *(["-m"] if command.module is not None else []),
            *command.argv,
        ]


def _interpreter_part(line: list[str]) -> list[str]:
    """The command line up to where this package is named, by its name or by its path."""
    for index, argument in enumerate(line):
        if argument == "-m" and line[index + 1 : index + 2] == ["pyprobe_tracer"]:
            return line[:index]
        is_ours = os.path.basename(argument) in ("__main__.py", "pyprobe_tracer")
        if index and is_ours and os.path.realpath(argument).startswith(os.path.realpath(_PACKAGE)):
            return line[:index]
    return line[:1]


# --- what runs


def _run_path(agent: Agent | None, path: str) -> None:
    full = os.path.join(os.getcwd(), path) if not os.path.isabs(path) else path
    if os.path.isdir(full) or _is_archive(full):
        # As python does: the directory or archive goes on the path and its __main__ runs as a module.
        if path == "." and sys.version_info >= (3, 11):
            full = os.getcwd()
        _set_path0(full)
        _guarded(agent, lambda: _run_module("__main__", False))
        return
    try:
        with open(full, "rb") as file:
            source = file.read()
    except OSError as error:
        _refuse_script(full, error)
    main = _main_of_script(full)
    _guarded(agent, lambda: exec(_compile(agent, source, full), main))


def run_child(agent: Agent, code: CodeType, path: str) -> None:
    """The script of a Python that the program started, from where the interpreter would have run it."""
    main = _main_of_script(path)
    _guarded(agent, lambda: exec(code, main))


def _main_of_script(path: str) -> dict[str, Any]:
    _set_path0(os.path.dirname(os.path.realpath(path)))
    main = _fresh_main()
    main["__loader__"] = _source_loader()("__main__", path)
    main["__file__"] = path
    if "__cached__" in _own_main():
        main["__cached__"] = None
    return main


def _compile(agent: Agent | None, source: bytes, filename: str) -> CodeType:
    try:
        if agent is not None:
            return agent.placer.prepare(source, filename)
        return compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        _leave_to_python(agent, error)
        raise


def _leave_to_python(agent: Agent | None, error: Exception) -> None:
    """Of source that does not parse nothing has run, and no two versions find the same words: plain `python` says them."""
    if agent is not None:
        agent.exceptions.report(error, None, "MainThread")
        agent.end()
    flags = _interpreter_part(_COMMAND_LINE)
    if sys.platform != "win32" and flags and sys.executable:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [*flags, *sys.argv])


def _run_module(name: str, alter_argv: bool) -> None:
    import runpy

    _fresh_main()
    runpy._run_module_as_main(name, alter_argv)  # type: ignore[attr-defined]


def _own_main() -> dict[str, Any]:
    """The globals of this package's `__main__`, which the interpreter made as it makes those of every main module."""
    return sys.modules["pyprobe_tracer.__main__"].__dict__


def _fresh_main() -> dict[str, Any]:
    """A new `__main__` with what this version of Python puts into one, in its order."""
    own = sys.modules["__main__"]
    sys.modules["pyprobe_tracer.__main__"] = own
    main = type(sys)("__main__")
    main.__loader__ = sys.modules["_frozen_importlib"].BuiltinImporter
    if "__annotations__" in own.__dict__:
        main.__dict__["__annotations__"] = {}
    main.__dict__["__builtins__"] = sys.modules["builtins"]
    sys.modules["__main__"] = main
    return main.__dict__


def _source_loader() -> Any:
    return sys.modules["_frozen_importlib_external"].SourceFileLoader


def _set_path0(directory: str) -> None:
    """`-m` put the working directory there, unless paths are safe."""
    if getattr(sys.flags, "safe_path", False) or sys.flags.isolated:
        return
    sys.path[0] = directory


def _is_archive(path: str) -> bool:
    """Whether a path hook of the interpreter takes the file, as `python` asks before it reads it as source."""
    if not os.path.isfile(path) or not _looks_like_archive(path):
        return False
    import zipimport

    try:
        zipimport.zipimporter(path)
    except zipimport.ZipImportError:
        return False
    return True


def _looks_like_archive(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            if file.read(2) == b"PK":
                return True
            # An archive may have anything before it, but then it ends with its directory.
            file.seek(max(0, os.path.getsize(path) - 22))
            return file.read(4) == b"PK\5\6"
    except OSError:
        return False


def _refuse_script(path: str, error: OSError) -> NoReturn:
    program = getattr(sys, "orig_argv", [""])[0] or sys.executable
    sys.stderr.write(f"{program}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}\n")
    raise SystemExit(2)


# --- how it ends


def _guarded(agent: Agent | None, run: Callable[[], object]) -> None:
    """Runs the program. What it raises goes to the interpreter as it is, and is shown without the frames of ours."""
    try:
        run()
    except SystemExit:
        raise
    except BaseException:
        _Hook(agent).install()
        raise


class _Hook:
    """Stands in front of `sys.excepthook` for the one exception that ends the program."""

    def __init__(self, agent: Agent | None) -> None:
        self._agent = agent

    def install(self) -> None:
        self._next = sys.excepthook
        sys.excepthook = self

    def __call__(self, kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        sys.excepthook = self._next
        trace = without_ours(trace)
        value.__traceback__ = trace
        sys.last_traceback = trace
        if self._agent is not None:
            self._agent.exceptions.report(value, trace, "MainThread")
        try:
            self._next(kind, value, trace)
        except SystemExit:
            raise
        except BaseException as error:
            # In the interpreter's own words, but without the frame of this function.
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            sys.stderr.write("Error in sys.excepthook:\n")
            sys.__excepthook__(type(error), error, error.__traceback__)
            sys.stderr.write("\nOriginal exception was:\n")
            sys.__excepthook__(kind, value, trace)


def without_ours(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the program's first frame on, and without what a capture was doing when a signal came."""
    entries = []
    while trace is not None:
        entries.append(trace)
        trace = trace.tb_next
    launchers = [index for index, entry in enumerate(entries) if _file(entry) == __file__]
    entries = entries[launchers[-1] + 1 :] if launchers else entries
    kept = [entry for entry in entries if not _file(entry).startswith(_PACKAGE)]
    for entry, following in zip(kept, [*kept[1:], None]):
        entry.tb_next = following
    return kept[0] if kept else None


def _file(entry: TracebackType) -> str:
    return entry.tb_frame.f_code.co_filename
