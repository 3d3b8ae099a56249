"""Hits through swapped code, and tracing of the frames that run already: CPython 3.9 to 3.11."""
