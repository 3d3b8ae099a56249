"""The agent of PyProbe: reads the values that a program binds, at the places a person pointed at, and hands them to the engine.

It runs inside the watched program, so it is a guest there: standard library only, nothing imported that is not needed,
nothing printed, nothing of the program's own code run.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
