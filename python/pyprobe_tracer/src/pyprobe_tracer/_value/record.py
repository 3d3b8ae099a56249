"""The capture record, byte for byte as `capture-record.ts` of the protocol has it: 64 bytes, little-endian.

    0 u32 length | 4 u16 kind | 6 u16 probe | 8 u64 seq | 16 u64 time | 24 tags (14 bytes) | 38 u16 type | 40 16 bytes of value |
    56 u32 hit | 60 u32 commit

The first eight bytes are constant for a probe and a kind, so they are made once: the prefix. `struct` writes a record's
fields in their order after zeroing all of it, so `commit` appears last.
"""

from __future__ import annotations

import sys
from struct import Struct, calcsize

RECORD_BYTES = 64
MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
U32 = 0xFFFFFFFF

FLOAT, INT, UINT, COMPLEX, NONE, PAYLOAD = range(1, 7)
ARRAY, TEXT, TREE, BIGINT = range(1, 5)

SCALAR_TYPES = (
    "",
    "float",
    "int",
    "bool",
    "complex",
    "float16",
    "float32",
    "float64",
    "longdouble",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "clongdouble",
    "bool_",
)

# Of the machine's own integers `struct` makes bytes in two thirds of the time. All fields stand where such a machine wants them.
_HEAD = "@8sNN14sH" if calcsize("@N") == 8 and sys.byteorder == "little" else "<8sQQ14sH"
_TAIL = "II"
LAYOUTS = {
    FLOAT: Struct(_HEAD + "d8x" + _TAIL),
    INT: Struct(_HEAD + "q8x" + _TAIL),
    UINT: Struct(_HEAD + "Q8x" + _TAIL),
    COMPLEX: Struct(_HEAD + "dd" + _TAIL),
    NONE: Struct(_HEAD + "16x" + _TAIL),
    PAYLOAD: Struct(_HEAD + "QII" + _TAIL),
}
"""kind → layout. Arguments: prefix, seq, time, tags, type, the value's fields, hit, commit."""

TAIL = Struct("<II")
TAIL_OFFSET = 56
"""hit and commit, as the last eight bytes of every record."""

WORDS = Struct("<II")
"""How array and text payloads begin."""


_PREFIX = Struct("<IHH")


def prefix(kind: int, number: int, payload_bytes: int = 0) -> bytes:
    """The record's first eight bytes: length, kind, probe."""
    return _PREFIX.pack(RECORD_BYTES + payload_bytes, kind, number)


def padded(size: int) -> int:
    """The bytes something takes where all begins at a multiple of 8."""
    return (size + 7) & ~7
