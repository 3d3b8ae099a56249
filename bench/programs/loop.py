"""The loop that is measured: three arithmetic lines, N times. Prints the nanoseconds it took as JSON, and those
that its thread was on a processor.

    loop.py N [how]

`how`: nothing for the loop alone (or under whatever watches it from outside), else one of the ways to record every value of
`y` that Python or other tools have: `settrace`, `monitoring_line`, `hunter`, `append` (the code changed by hand).
"""

import json
import sys
import time


def loop(n):
    total = 0.0
    for i in range(n):
        x = i * 0.5
        y = x + 1.0
        total += y
    return total


def loop_with_append(n, values, clock):
    total = 0.0
    for i in range(n):
        x = i * 0.5
        y = x + 1.0
        values.append((clock(), y))
        total += y
    return total


def watch_with_settrace(values):
    """A trace function for the frames of `loop` alone: the best that settrace can do."""
    code, clock, after = loop.__code__, time.monotonic_ns, loop.__code__.co_firstlineno + 5

    def lines(frame, event, argument):
        if event == "line" and frame.f_lineno == after:
            values.append((clock(), frame.f_locals["y"]))
        return lines

    sys.settrace(lambda frame, event, argument: lines if frame.f_code is code else None)


def watch_with_monitoring(values):
    """Line events of sys.monitoring on the code of `loop` alone."""
    monitoring, clock = sys.monitoring, time.monotonic_ns
    after = loop.__code__.co_firstlineno + 5

    def line(code, number):
        if number == after:
            values.append((clock(), sys._getframe(1).f_locals["y"]))
            return None
        return monitoring.DISABLE

    monitoring.use_tool_id(3, "bench")
    monitoring.register_callback(3, monitoring.events.LINE, line)
    monitoring.set_local_events(3, loop.__code__, monitoring.events.LINE)


def watch_with_hunter(values):
    import hunter

    clock, after = time.monotonic_ns, loop.__code__.co_firstlineno + 5

    def action(event):
        values.append((clock(), event.locals["y"]))

    hunter.trace(hunter.Q(module="__main__", function="loop", kind="line", lineno=after), action=action)


def main():
    n = int(sys.argv[1])
    how = sys.argv[2] if len(sys.argv) > 2 else ""
    values = []
    if how == "settrace":
        watch_with_settrace(values)
    elif how == "monitoring_line":
        watch_with_monitoring(values)
    elif how == "hunter":
        watch_with_hunter(values)
    began, cpu_began = time.perf_counter_ns(), time.thread_time_ns()
    if how == "append":
        total = loop_with_append(n, values, time.monotonic_ns)
    else:
        total = loop(n)
    ended, cpu_ended = time.perf_counter_ns(), time.thread_time_ns()
    sys.settrace(None)
    print(json.dumps({"ns": ended - began, "cpu_ns": cpu_ended - cpu_began, "values": len(values), "total": total}))


main()
