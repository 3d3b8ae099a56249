"""Python programs that the program starts become targets too.

Forked children go through `_process.process`. For new interpreters (`subprocess`, and the spawn and forkserver of
`multiprocessing`) the one function of C that they all start processes with gets a wrapper: when what is started looks like
Python, its environment names the directory `boot`, whose `sitecustomize` starts the agent there and removes its traces. Nothing
else that the program starts sees any of it, and `os.environ` never does. A program that replaces itself by a Python (`os.execv`
and its like) goes on in the same way, as another target with the same pid.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Callable, Protocol

    from .identity import Identity

    Env = dict[str, str]

    class Owner(Protocol):
        """The agent of this process."""

        def say_all(self) -> None:
            """Before the process replaces itself."""

        def resume(self) -> None:
            """It could not."""


BOOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "boot")
_SHEBANG_BYTES = 256
_ENV_POSIX = 5  # of fork_exec(args, executables, close_fds, keep, cwd, env, …)
_ENV_WINDOWS = 6  # of CreateProcess(executable, command, None, None, inherit, flags, env, …)


class Children:
    """The wrapper, while it is in place."""

    def __init__(self, identity: Identity, owner: Owner) -> None:
        self._identity = identity
        self._owner = owner
        self._restores: list[Callable[[], None]] = []

    def install(self) -> None:
        if sys.platform == "win32":
            import _winapi

            self._wrap(_winapi, "CreateProcess", self._windows_starter)
            return
        try:
            import _posixsubprocess
        except ImportError:
            return
        self._wrap(_posixsubprocess, "fork_exec", self._posix_starter)
        if hasattr(os, "POSIX_SPAWN_CLOSEFROM"):
            # subprocess prefers it where it can close descriptors.
            self._wrap(os, "posix_spawn", self._spawn_starter)
        replace = os.execve
        self._wrap(os, "execv", lambda start: self._execv(start, replace))
        self._wrap(os, "execve", self._execve)

    def _wrap(self, module: Any, name: str, make: Callable[[Any], Any]) -> None:
        original = getattr(module, name)
        wrapper = make(original)
        setattr(module, name, wrapper)
        places = [(module, name)]
        subprocess = sys.modules.get("subprocess")
        if subprocess is not None and getattr(subprocess, "_fork_exec", None) is original:
            subprocess._fork_exec = wrapper  # type: ignore[attr-defined]
            places.append((subprocess, "_fork_exec"))

        def restore() -> None:
            for holder, held in [*places, (sys.modules.get("subprocess"), "_fork_exec")]:
                if getattr(holder, held, None) is wrapper:
                    setattr(holder, held, original)

        self._restores.append(restore)

    def remove(self) -> None:
        while self._restores:
            self._restores.pop()()

    def _posix_starter(self, start: Any) -> Any:
        def fork_exec(*args: Any) -> Any:
            if not _looks_like_python(args[0], args[1]):
                return start(*args)
            given = args[_ENV_POSIX]
            env = dict(os.environ) if given is None else _decoded(given)
            encoded = [os.fsencode(f"{key}={value}") for key, value in self.environment(env).items()]
            return start(*args[:_ENV_POSIX], encoded, *args[_ENV_POSIX + 1 :])

        return fork_exec

    def _spawn_starter(self, start: Any) -> Any:
        def posix_spawn(path: Any, argv: Any, env: Any, /, **options: Any) -> Any:
            is_known = env is None or env is os.environ or type(env) is dict
            if is_known and _looks_like_python(argv, (path,)):
                env = self.environment(dict(os.environ if env is None else env))
            return start(path, argv, env, **options)

        return posix_spawn

    def _execv(self, start: Any, replace: Any) -> Any:
        def execv(path: Any, argv: Any, /) -> Any:
            if not _looks_like_python(argv, (path,)):
                return start(path, argv)
            return self._replace(replace, path, argv, dict(os.environ))

        return execv

    def _execve(self, start: Any) -> Any:
        def execve(path: Any, argv: Any, env: Any) -> Any:
            if (type(env) is not dict and env is not os.environ) or not _looks_like_python(argv, (path,)):
                return start(path, argv, env)
            return self._replace(start, path, argv, dict(env))

        return execve

    def _replace(self, start: Any, path: Any, argv: Any, env: Env) -> Any:
        parent = self._identity.parent
        self._owner.say_all()
        try:
            return start(path, argv, self.environment(env, "" if parent is None else str(parent)))
        finally:
            self._owner.resume()

    def _windows_starter(self, start: Any) -> Any:
        def create_process(*args: Any) -> Any:
            command = [str(args[0] or ""), *str(args[1] or "").split()]
            if not _looks_like_python(command, ()):
                return start(*args)
            given = args[_ENV_WINDOWS]
            env = self.environment(dict(os.environ if given is None else given))
            return start(*args[:_ENV_WINDOWS], env, *args[_ENV_WINDOWS + 1 :])

        return create_process

    def environment(self, env: Env, parent: str | None = None) -> Env:
        """With what `boot/sitecustomize.py` needs, and takes away again. Without another `parent` it is this process."""
        mine = self._identity
        paths = env.get("PYTHONPATH")
        added = {
            "PYTHONPATH": BOOT if not paths else BOOT + os.pathsep + paths,
            "PYPROBE_CONNECT": mine.address,
            "PYPROBE_SESSION": mine.session,
            "PYPROBE_TOKEN": mine.token,
            "PYPROBE_PARENT": str(os.getpid()) if parent is None else parent,
        }
        if paths is not None:
            added["PYPROBE_PYTHONPATH"] = paths
        return {**env, **added}


def _decoded(pairs: Iterable[bytes]) -> Env:
    return {key: value for key, _, value in (os.fsdecode(pair).partition("=") for pair in pairs)}


def _looks_like_python(argv: Iterable[Any], executables: Iterable[Any]) -> bool:
    """A Python by its name anywhere on the command line (also behind `env` or in a shell's command), or a script of one."""
    own = os.path.basename(sys.executable or "python")
    argv = tuple(argv)
    if _is_closed(argv):
        return False
    for argument in argv:
        text = _text(argument)
        name = os.path.basename(text)
        if name.startswith(("python", "pypy")) or name == own or (" " in text and "python" in text):
            return True
    return any(_has_python_shebang(path) for path in executables)


def _is_closed(argv: tuple[Any, ...]) -> bool:
    """A Python that looks at no environment, or for no `sitecustomize`: it could never take out what it was given."""
    flags = iter([_text(argument) for argument in argv[1:]])
    for flag in flags:
        if not flag.startswith("-") or flag.startswith("--"):
            return False
        for letter in flag[1:]:
            if letter in "EIS":
                return True
            if letter in "cm":
                return False
            if letter in "WX":
                if flag.endswith(letter):
                    next(flags, None)
                break
    return False


def _has_python_shebang(path: str | bytes) -> bool:
    try:
        with open(path, "rb") as file:
            start = file.read(_SHEBANG_BYTES)
    except (OSError, ValueError):
        return False
    return start.startswith(b"#!") and b"python" in start.split(b"\n", 1)[0]


def _text(argument: Any) -> str:
    try:
        return os.fsdecode(argument)
    except TypeError:
        return ""
