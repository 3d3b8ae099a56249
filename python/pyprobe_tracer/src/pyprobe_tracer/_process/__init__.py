"""From the start of a process to its end: the program as plain Python would run it, and its children."""
