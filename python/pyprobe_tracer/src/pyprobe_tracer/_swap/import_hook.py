"""Lets modules with probes be compiled with their hooks in them when they are imported (CPython 3.9 to 3.11)."""

from __future__ import annotations

import sys
from importlib import _bootstrap_external
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Callable, Final

    Instrument = Callable[[CodeType], CodeType]

_LOADER: Final[Any] = _bootstrap_external.SourceLoader
_IMPORTLIB: Final = "<frozen importlib._bootstrap_external>"


class ImportHook:
    """Wraps what imports, `runpy` and `python -m` go through, from construction to `close`: `SourceLoader.get_code`, and for
    scripts that `runpy` runs by their path, as `multiprocessing` does in spawned processes, the function that reads them."""

    def __init__(self, instrument: Instrument) -> None:
        hook = self
        original = self._original = _LOADER.get_code
        self._instrument = instrument
        self._runpy: Any = None

        def get_code(self: Any, fullname: str) -> CodeType:
            code: CodeType = original(self, fullname)
            hook._wrap_runpy()
            return instrument(code)

        # importlib cuts its own frames out of the traceback of a module that does not import: this one is one of them.
        get_code.__code__ = get_code.__code__.replace(co_filename=_IMPORTLIB)
        get_code.__qualname__ = original.__qualname__
        self._installed = get_code
        _LOADER.get_code = get_code
        self._wrap_runpy()

    def close(self) -> None:
        if _LOADER.get_code is self._installed:
            _LOADER.get_code = self._original
        if self._runpy is not None:
            module, original, installed = self._runpy
            if module._get_code_from_file is installed:
                module._get_code_from_file = original

    def _wrap_runpy(self) -> None:
        """As soon as the program has imported it; it is not imported for this."""
        module = sys.modules.get("runpy")
        original = getattr(module, "_get_code_from_file", None)
        if self._runpy is not None or original is None:
            return
        instrument = self._instrument

        def get_code_from_file(run_name: str, path: str) -> tuple[CodeType, str]:
            code, name = original(run_name, path)
            return instrument(code), name

        self._runpy = module, original, get_code_from_file
        module._get_code_from_file = get_code_from_file  # type: ignore[union-attr]
