"""Starts another Python with a script of this folder. Probe: `square` in count_to_thousand.py: from the child."""

import pathlib
import subprocess
import sys

script = pathlib.Path(__file__).with_name("count_to_thousand.py")
finished = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, check=True)
print(finished.stdout.decode().strip())
