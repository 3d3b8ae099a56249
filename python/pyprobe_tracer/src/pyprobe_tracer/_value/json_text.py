"""JSON with the two C functions that the standard `json` is made of: importing that package takes longer than the rest of the
agent, because of the regular expressions that nothing here needs."""

from __future__ import annotations

from _json import encode_basestring_ascii, make_scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class _Scanning:
    """What the scanner asks of its context, in every version of Python."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


_scan: Callable[[str, int], tuple[Any, int]] = make_scanner(_Scanning())  # type: ignore[arg-type]


def loads(text: str) -> Any:
    """Raises `ValueError` on what is not JSON."""
    try:
        value, _ = _scan(text.lstrip(), 0)
    except StopIteration:
        raise ValueError("Cannot read JSON: it is empty or cut off") from None
    return value


def dumps(value: Any) -> str:
    """Of exact `dict` (with str keys), `list`, `tuple`, `str`, `int`, `float`, `bool` and `None`. Numbers must be finite."""
    parts: list[str] = []
    _put(value, parts.append)
    return "".join(parts)


def _put(value: Any, put: Callable[[str], None]) -> None:
    kind = type(value)
    if kind is str:
        put(encode_basestring_ascii(value))
    elif kind is dict:
        before = "{"
        for key, item in value.items():
            put(before + encode_basestring_ascii(key) + ":")
            _put(item, put)
            before = ","
        put("}" if before == "," else "{}")
    elif kind is list or kind is tuple:
        before = "["
        for item in value:
            put(before)
            _put(item, put)
            before = ","
        put("]" if before == "," else "[]")
    elif value is None or kind is bool:
        put({None: "null", True: "true", False: "false"}[value])
    elif kind is int or kind is float:
        put(repr(value))
    else:
        raise TypeError(f"Cannot write {kind.__name__} as JSON")
