"""Probes in the script of a Python child, where code is compiled with its hooks (CPython 3.9 to 3.11).

The interpreter reads and compiles a script by itself, out of reach. But first it asks the path hooks whether the script is an
archive, to be run by the `__main__` in it. The hook here says so of a script with probes, and runs it as `run` runs scripts.
"""

from __future__ import annotations

import sys

from .command_line import command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType
    from typing import Any

    from .._agent.agent import Agent

_taken: ChildScript | None = None


class ChildScript:
    """The path hook and, for the one path that it takes, what finds and loads `__main__`."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._path = ""
        self._code: CodeType | None = None

    def install(self) -> None:
        """When the command line names a file with probes, or cannot be known."""
        named = command_line()[1:]
        if not named or any(self._agent.probes.has_probe_in(part) for part in named):
            # As the last one, because it goes while the list is being walked.
            sys.path_hooks.append(self)

    def __call__(self, path: str) -> ChildScript:
        # The import system asks too, from its frames; the interpreter asks once, about the script, and from no frame.
        if sys._getframe().f_back is not None:
            raise ImportError
        sys.path_hooks.remove(self)
        self._path = path
        self._code = self._compile()
        return self

    def _compile(self) -> CodeType:
        """An `ImportError` leaves the script to the interpreter, which has its own words for what is wrong with it."""
        if not self._agent.probes.has_probe_in(self._path):
            raise ImportError
        try:
            with open(self._path, "rb") as file:
                return self._agent.placer.prepare(file.read(), self._path)
        except Exception as error:
            raise ImportError from error

    def find_spec(self, name: str, _target: object = None) -> ModuleSpec | None:
        if name != "__main__":
            return None
        machinery: Any = sys.modules["_frozen_importlib"]
        spec: ModuleSpec = machinery.ModuleSpec(name, self, origin=self._path)
        return spec

    def get_code(self, _name: str) -> CodeType:
        """Of a line that runs the script: not before it is executed has the interpreter put `__main__` in its place."""
        global _taken
        _taken = self
        return compile(f"__import__({__name__!r}, fromlist=['run_taken']).run_taken()", __file__, "exec")

    def run(self) -> None:
        from .run import run_child

        sys.path_importer_cache.pop(self._path, None)
        if getattr(sys.flags, "safe_path", False):
            # An archive goes on the path even where a script's folder does not.
            sys.path.remove(self._path)
        if self._code is not None:
            run_child(self._agent, self._code, self._path)


def run_taken() -> None:
    global _taken
    script, _taken = _taken, None
    if script is not None:
        script.run()
