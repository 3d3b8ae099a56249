"""Hits through `sys.monitoring`: CPython 3.12 and later."""
