"""From a value to bytes, without running a line of the program."""
