"""Starts another Python program and waits for it."""

import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
code = subprocess.call([sys.executable, os.path.join(here, "add_up.py"), "3"])
print("child ended with", code)
