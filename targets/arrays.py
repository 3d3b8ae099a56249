"""numpy arrays as signals are."""

import numpy as np

signal = np.arange(4, dtype=np.float64)
signal = np.array([1 + 1j, 0, -2j], dtype=np.complex64)
signal = np.arange(6, dtype=np.int16).reshape(2, 3)
signal = np.array([np.nan, 1.0, np.inf], dtype=np.float32)
signal = np.zeros((0, 3))
signal = np.float32(1.5)
signal = np.arange(100)[::10]
