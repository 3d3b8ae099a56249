"""Closes every descriptor that it did not open, as daemons do, and opens files in their place. Probe: `n` (0 to 999)."""

import os
import tempfile

os.closerange(3, 256)
files = [tempfile.TemporaryFile() for _ in range(8)]
for n in range(1000):
    pass
for file in files:
    file.write(b"mine")
    file.flush()
    assert os.fstat(file.fileno()).st_size == 4, "somebody else wrote here"
print("done")
