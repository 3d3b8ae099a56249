"""Items of containers of known libraries, which are trusted to run no code of the program: `frame["gain"]`, `tensor[i]`.

Only the libraries' own classes are read, by identity; of a class that the program derives nothing is called. Nothing is
imported for this.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .hits import UNREADABLE

if TYPE_CHECKING:
    from typing import Any, Final

_CONTAINERS: Final[dict[str, tuple[str, ...]]] = {
    "pandas": ("Series", "DataFrame"),
    "pandas.core.indexing": ("_LocIndexer", "_iLocIndexer", "_AtIndexer", "_iAtIndexer"),
    "polars": ("Series", "DataFrame"),
    "xarray": ("DataArray", "Dataset"),
    "torch": ("Tensor",),
}
_VIEWS: Final = frozenset(("loc", "iloc", "at", "iat"))
"""Properties of pandas whose items are stored to."""


def library_item(container: Any, key: Any) -> object:
    """`UNREADABLE` for all that is not known. The key must be plain."""
    library = _library_of(type(container))
    try:
        if library is None or (library == "torch" and container.device.type != "cpu"):
            return UNREADABLE
        if library == "pandas" and type(key) is int and not _has_whole_labels(container):
            return UNREADABLE
        return container[key]
    except Exception:  # whatever the library says of the key
        return UNREADABLE


def is_library_view(kind: type, name: str) -> bool:
    """Is it `loc` or the like of a pandas object?"""
    return name in _VIEWS and _library_of(kind) == "pandas"


def _library_of(kind: type) -> str | None:
    for module, names in _CONTAINERS.items():
        loaded = sys.modules.get(module)
        if loaded is not None:
            known = vars(loaded)
            if any(known.get(name) is kind for name in names):
                return module
    return None


def _has_whole_labels(container: Any) -> bool:
    """Among other labels, pandas warns of a number: in the program's output, at a place of ours."""
    index = container.columns if hasattr(container, "columns") else container.index
    return bool(index.dtype.kind in "iu")
