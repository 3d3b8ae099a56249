"""Arrays of every kind that numpy has. Needs numpy. Probe: `value`; the printed line says how many there were."""

import numpy as np

base = np.arange(24.0).reshape(4, 6)
read_only = base.copy()
read_only.flags.writeable = False
values = [
    np.array(2.5),
    np.empty((0, 3)),
    np.zeros(0),
    base,
    base[::2, ::3],
    base.T,
    base[:, ::-1],
    np.asfortranarray(base),
    np.broadcast_to(np.float64(1), (1000, 1000)),
    read_only,
    base.astype(">f8"),
    base.astype(">i2"),
    base.astype(np.float16),
    base.astype(np.longdouble),
    base.astype(np.complex64),
    base.astype(np.int8),
    base > 5,
    np.array([1, np.nan, np.inf, -np.inf]),
    np.array([2**63 - 1, -(2**63)]),
    np.array([2**64 - 1], dtype=np.uint64),
    np.array(["2026-01-01", "NaT"], dtype="datetime64[ns]"),
    np.array([1, 2], dtype="timedelta64[ms]"),
    np.array([(1, 2.5), (3, 4.5)], dtype=[("n", "i4"), ("x", "f8")]),
    np.array([{}, None, "x"], dtype=object),
    np.array(["a", "bcd"]),
    np.array([b"a", b"bcd"]),
    np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False]),
    np.ma.masked_array([1, 2, 3], mask=[False, True, False]),
    np.matrix([[1, 2], [3, 4]]),
    np.rec.array([(1, 2.0)], names="a,b"),
    np.memmap(__file__, dtype=np.uint8, mode="r"),
]
for value in values:
    pass
print(len(values))
