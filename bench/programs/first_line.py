"""Prints when its first line ran, nanoseconds of Unix time, as JSON."""

import time

now = time.time_ns()
print('{"at_ns": %d}' % now)
