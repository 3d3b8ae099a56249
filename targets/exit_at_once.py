"""Ends before anything can be set up in a hurry, with exit code 3. Probe: `answer`."""

import sys

answer = 42
sys.exit(3)
