"""Replaces what an agent may rely on, as gevent and test suites do. Probe: `n` (0 to 999)."""

import builtins
import os
import threading
import time


def broken(*args, **kwargs):
    raise RuntimeError("replaced")


kept = print
for module, names in (
    (time, "monotonic monotonic_ns perf_counter perf_counter_ns time time_ns sleep"),
    (os, "getpid write read open close"),
    (threading, "Thread Lock RLock Event current_thread get_ident get_native_id"),
    (builtins, "len isinstance getattr repr type id print open iter next"),
):
    for name in names.split():
        setattr(module, name, broken)
for n in range(1000):
    pass
kept("done")
os._exit(0)
