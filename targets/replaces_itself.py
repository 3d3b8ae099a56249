"""Replaces itself by another program, as reloaders do. Probes: `before` here, `total` in add_up.py."""

import os
import sys

before = 1
os.execv(sys.executable, [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "add_up.py")])
