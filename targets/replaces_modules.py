"""Replaces what an agent may rely on, as gevent and test suites do. Probe: `n` (0 to 999)."""

import os
import threading
import time


def broken(*args, **kwargs):
    raise RuntimeError("replaced")


for module, names in (
    (time, "monotonic monotonic_ns perf_counter perf_counter_ns time time_ns sleep"),
    (os, "getpid write read open close fork"),
    (threading, "Thread Lock RLock Event current_thread get_native_id"),
):
    for name in names.split():
        setattr(module, name, broken)
for n in range(1000):
    pass
print("done")
