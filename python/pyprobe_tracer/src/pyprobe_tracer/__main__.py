"""`python -m pyprobe_tracer --connect ADDRESS [--session ID] script.py args…`, or `-m module args…`."""

from pyprobe_tracer._run import main

main()
