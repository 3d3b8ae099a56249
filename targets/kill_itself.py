"""Ends by a signal, SIGKILL without an argument."""

import os
import signal
import sys

for i in range(3):
    value = i * 10
os.kill(os.getpid(), getattr(signal, sys.argv[1] if len(sys.argv) > 1 else "SIGKILL"))
