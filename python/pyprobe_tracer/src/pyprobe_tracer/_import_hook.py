"""Lets modules with probes be compiled with their hooks in them when they are imported (CPython 3.9 to 3.11)."""

from __future__ import annotations

from importlib import _bootstrap_external
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Callable, Final

    Instrument = Callable[[CodeType], CodeType]

_LOADER: Final[Any] = _bootstrap_external.SourceLoader
_IMPORTLIB: Final = "<frozen importlib._bootstrap_external>"


class ImportHook:
    """Wraps `SourceLoader.get_code`, which imports, `runpy` and `python -m` go through, from construction to `close`."""

    def __init__(self, instrument: Instrument) -> None:
        original = self._original = _LOADER.get_code

        def get_code(self: Any, fullname: str) -> CodeType:
            code: CodeType = original(self, fullname)
            return instrument(code)

        # importlib cuts its own frames out of the traceback of a module that does not import: this one is one of them.
        get_code.__code__ = get_code.__code__.replace(co_filename=_IMPORTLIB)
        get_code.__qualname__ = original.__qualname__
        self._installed = get_code
        _LOADER.get_code = get_code

    def close(self) -> None:
        if _LOADER.get_code is self._installed:
            _LOADER.get_code = self._original
