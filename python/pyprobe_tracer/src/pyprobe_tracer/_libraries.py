"""Arrays of other libraries that the program has imported, as the numpy array inside them.

Only classes of the libraries themselves are taken, by identity or by the module that defines them, and only their own code runs;
of a class that the program derives nothing is called. What cannot be had without a copy from a device is left as a tree.
"""

from __future__ import annotations

import sys

from . import _raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def array_inside(value: Any, kind: type) -> tuple[str, Any] | None:
    """The library's name and what should be a numpy array; None for anything else."""
    library = _raw.module_name(kind).partition(".")[0]
    find = _FINDERS.get(library)
    module = sys.modules.get(library)
    if find is None or module is None:
        return None
    try:
        array = find(value, kind, vars(module))
    except Exception:
        return None
    return None if array is None else (library, array)


def _of_pandas(value: Any, kind: type, names: dict[str, Any]) -> Any:
    if any(_raw.derives(kind, names[name]) for name in ("Series", "Index")):
        return _property(kind, "_values", value)
    if kind is names["DataFrame"]:
        blocks: Any = value._mgr.blocks
        # One block is one dtype: its rows are the columns of the frame.
        return blocks[0].values.T if len(blocks) == 1 else None
    return None


def _of_xarray(value: Any, kind: type, names: dict[str, Any]) -> Any:
    return value._variable._data if kind is names["DataArray"] else None


def _of_polars(value: Any, kind: type, names: dict[str, Any]) -> Any:
    return value.to_numpy() if kind is names["Series"] else None


def _of_torch(value: Any, kind: type, names: dict[str, Any]) -> Any:
    if kind is not names["Tensor"] or value.device.type != "cpu" or value.layout is not names["strided"]:
        return None
    plain = value.detach().resolve_conj().resolve_neg()
    return (plain.float() if plain.dtype is names["bfloat16"] else plain).numpy()


def _property(kind: type, name: str, value: Any) -> Any:
    found = _raw.class_attribute(kind, name)
    getter = getattr(found, "fget", None) or getattr(found, "__get__", None)
    if getter is None:
        return getattr(value, name, None)
    return getter(value)


_FINDERS: dict[str, Callable[[Any, type, dict[str, Any]], Any]] = {
    "pandas": _of_pandas,
    "polars": _of_polars,
    "torch": _of_torch,
    "xarray": _of_xarray,
}
