"""Conditions of probes: from their text to functions that run no line of the program."""
