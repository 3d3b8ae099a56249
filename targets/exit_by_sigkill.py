"""Kills itself as the kernel's out-of-memory killer would. Probe: `step` (0 to 99)."""

import os
import signal

for step in range(100):
    pass
if hasattr(signal, "SIGKILL"):
    os.kill(os.getpid(), signal.SIGKILL)
os.abort()
