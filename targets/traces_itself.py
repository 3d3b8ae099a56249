"""A program with a trace function of its own, which must see what it would see without us. Probe: `b`. Prints its line events."""

import sys

seen = []


def tracer(frame, event, argument):
    if frame.f_code.co_name == "work":
        seen.append((event, frame.f_lineno))
        return tracer
    return None


def work():
    a = 1
    b = a + 1
    return b


sys.settrace(tracer)
work()
sys.settrace(None)
print(seen)
