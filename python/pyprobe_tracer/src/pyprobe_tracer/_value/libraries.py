"""Arrays of other libraries that the program has imported, as the numpy array inside them.

Only classes of the libraries themselves are taken, by identity or by the module that defines them, and only their own code runs;
of a class that the program derives nothing is called. What cannot be had without a copy from a device is left as a tree.
"""

from __future__ import annotations

import sys

from . import raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def array_inside(value: Any, kind: type) -> tuple[str, Any] | None:
    """The library's name and what should be a numpy array; None for anything else."""
    library = raw.module_name(kind).partition(".")[0]
    find = _FINDERS.get(library)
    module = sys.modules.get(library)
    if find is None or module is None:
        return None
    try:
        array = find(value, kind, vars(module))
    except Exception:
        return None
    return None if array is None else (library, array)


def columns_inside(value: Any, kind: type, most: int) -> list[tuple[Any, Any]] | None:
    """Names and columns of a table whose columns are not of one type; None for anything else."""
    find = _COLUMNS.get(raw.module_name(kind).partition(".")[0])
    module = sys.modules.get(raw.module_name(kind).partition(".")[0])
    if find is None or module is None:
        return None
    try:
        return find(value, kind, vars(module), most)
    except Exception:
        return None


def items_inside(value: Any, kind: type, most: int) -> tuple[int, list[Any]] | None:
    """The length and the first items of a column that does not hold numbers; None for anything else."""
    library = raw.module_name(kind).partition(".")[0]
    module = sys.modules.get(library)
    series = vars(module).get("Series") if module is not None else None
    if library not in ("pandas", "polars") or kind is not series:
        return None
    try:
        return len(value), list(value.head(most).to_list())
    except Exception:
        return None


def pixels_inside(value: Any, kind: type) -> tuple[str, list[int], bytes] | None:
    """Type, shape and bytes of an image of PIL that is in memory: one that was opened is read from its file by whoever asks for
    its pixels, which is the program's to decide. Large ones are left as a tree."""
    module = sys.modules.get("PIL.Image")
    image = None if module is None else vars(module).get("Image")
    if not isinstance(image, type) or not raw.derives(kind, image) or not raw.module_name(kind).startswith("PIL."):
        return None
    held = raw.instance_dict(value) or {}
    width, height = held.get("_size") or (0, 0)
    if held.get("_im", held.get("im")) is None or not 0 < width * height <= _MOST_PIXELS:
        return None
    try:
        described = _property(image, "__array_interface__", value)
        data = _PIXELS.get(described["typestr"])
        return None if data is None else (data, list(described["shape"]), described["data"])
    except Exception:
        return None


def _of_pandas(value: Any, kind: type, names: dict[str, Any]) -> Any:
    if any(raw.derives(kind, names[name]) for name in ("Series", "Index")):
        return _numbers_of_pandas(_property(kind, "_values", value))
    if kind is names["DataFrame"]:
        blocks: Any = value._mgr.blocks
        # One block is one dtype: its rows are the columns of the frame.
        return blocks[0].values.T if len(blocks) == 1 else None
    return None


def _numbers_of_pandas(values: Any) -> Any:
    """Moments are an array of numpy inside of one of pandas; of numbers some of which are missing, those become NaN."""
    if not raw.module_name(type(values)).startswith("pandas."):
        return values
    if raw.type_name(type(values)).endswith((".DatetimeArray", ".TimedeltaArray")):
        return values._ndarray
    held = raw.instance_dict(values) or {}
    if "_data" not in held or "_mask" not in held:
        return values
    numbers = held["_data"].astype("float64")
    numbers[held["_mask"]] = float("nan")
    return numbers


def _columns_of_pandas(value: Any, kind: type, names: dict[str, Any], most: int) -> list[tuple[Any, Any]] | None:
    if kind is not names["DataFrame"]:
        return None
    return [(label, value.iloc[:, at]) for at, label in enumerate(list(value.columns)[:most])]


def _columns_of_polars(value: Any, kind: type, names: dict[str, Any], most: int) -> list[tuple[Any, Any]] | None:
    return [(column.name, column) for column in value.get_columns()[:most]] if kind is names["DataFrame"] else None


def _columns_of_xarray(value: Any, kind: type, names: dict[str, Any], most: int) -> list[tuple[Any, Any]] | None:
    if kind is not names["Dataset"]:
        return None
    return [(name, variable._data) for name, variable in raw.first_items(value._variables, most)]


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
    found = raw.class_attribute(kind, name)
    getter = getattr(found, "fget", None) or getattr(found, "__get__", None)
    if getter is None:
        return getattr(value, name, None)
    return getter(value)


_COLUMNS: dict[str, Callable[[Any, type, dict[str, Any], int], list[tuple[Any, Any]] | None]] = {
    "pandas": _columns_of_pandas,
    "polars": _columns_of_polars,
    "xarray": _columns_of_xarray,
}
_PIXELS = {"|u1": "uint8", "|b1": "uint8", "<u2": "uint16", "<i4": "int32", "<f4": "float32"}
_MOST_PIXELS = 1 << 23

_FINDERS: dict[str, Callable[[Any, type, dict[str, Any]], Any]] = {
    "pandas": _of_pandas,
    "polars": _of_polars,
    "torch": _of_torch,
    "xarray": _of_xarray,
}
