"""One of each numpy scalar. Needs numpy. Probe: `value`: scalar captures, their type is the dtype."""

import numpy as np

names = "float16 float32 float64 longdouble int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 clongdouble bool_"
for name in names.split():
    value = getattr(np, name)(1)
