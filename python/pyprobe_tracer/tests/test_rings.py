"""The rings: every record arrives once, whole and in order; nothing unread is written over."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_peer import Record, RingReader
from pyprobe_tracer._capture import ring as ring_module
from pyprobe_tracer._capture.pump import Pump
from pyprobe_tracer._capture.ring import Ring, RingFullError, TooLargeError
from ring_values import TAGS, Scope


def test_every_field(tmp_path: Path) -> None:
    scope = Scope(tmp_path / "1-1")
    reader = RingReader(str(tmp_path / "1-1.records"), str(tmp_path / "1-1.bulk"))
    capture, _ = scope.probe(number=513)
    capture(1.5, TAGS, 9)
    capture([1.0, 2.0], TAGS, 10)
    first, second = reader.read()
    fields = ("probe", "seq", "thread", "task", "call", "depth", "hit")
    assert [getattr(first, name) for name in fields] == [513, 1, 11, 22, 33, 44, 9]
    assert [getattr(second, name) for name in fields] == [513, 2, 11, 22, 33, 44, 10]
    assert second.value.numbers() == [1.0, 2.0]
    assert 0 < first.time < second.time


def test_header_and_limit(tmp_path: Path) -> None:
    scope = Scope(tmp_path / "1-1", slots=512, bulk=8192)
    raw = (tmp_path / "1-1.records").read_bytes()
    assert len(raw) == 4096 + 512 * 64
    assert struct.unpack_from("<8sIIQ", raw) == (b"PYPROBE1", 1, os.getpid(), 512)
    assert (tmp_path / "1-1.records").stat().st_mode & 0o777 == 0o600
    scope.probe()[0](1, TAGS, 1)
    assert scope.ring.finish() == 1
    assert struct.unpack_from("<Q", (tmp_path / "1-1.records").read_bytes(), 128) == (2,)


def test_full_ring_skips_and_counts() -> None:
    scope = Scope(slots=256)
    capture, meter = scope.probe("change")
    for i in range(1000):
        capture(float(i), TAGS, i)
    room = 256 - 64
    assert meter.skips["ring_full"] == 1000 - room
    assert [record.value for record in scope.read()] == [float(i) for i in range(room)]
    capture(-1.0, TAGS, 1)
    assert [record.value for record in scope.read()] == [-1.0]


def test_mode_every_waits_for_the_reader() -> None:
    scope = Scope(slots=256)
    capture, meter = scope.probe("every")
    worker = threading.Thread(target=lambda: [capture(i, TAGS, 1) for i in range(5000)])
    worker.start()
    seen: list[Any] = []
    while worker.is_alive() or len(seen) < 5000:
        seen += [record.value for record in scope.read()]
    worker.join()
    assert seen == list(range(5000))
    assert (meter.captures, any(meter.skips.values())) == (5000, False)


def test_mode_every_stops_waiting_when_the_engine_is_gone() -> None:
    scope = Scope(slots=256)
    capture, meter = scope.probe("every")
    scope.is_alive = False
    for i in range(300):
        capture(i, TAGS, 1)
    assert meter.skips["ring_full"] == 300 - 192


def test_a_probe_that_waits_for_room_holds_up_no_other() -> None:
    scope = Scope(bulk=4096)
    waiting, _ = scope.probe("every", number=1)
    other, meter = scope.probe("change", number=2)
    waiting("x" * 3000, TAGS, 1)
    worker = threading.Thread(target=lambda: waiting("y" * 3000, TAGS, 2))
    worker.start()
    for index in range(20):
        other(f"{index}" * 2000, TAGS, 1)
    assert worker.is_alive()
    assert meter.skips["ring_full"] == 20
    assert [record.value for record in scope.read()] == [(3000, "x" * 3000)]
    worker.join()
    assert [record.value for record in scope.read()] == [(3000, "y" * 3000)]


SIGNALS_THAT_CAPTURE = """
import array, random, signal, time
from ring_values import TAGS, Scope

scope = Scope()
capture, meter = scope.probe()
value = array.array("d", [1.0] * 4)
handled = armed = 0

def handle(*_):
    global handled
    handled += 1
    capture(value, TAGS, 1)

signal.signal(signal.SIGALRM, handle)
due = time.monotonic() + 1
while time.monotonic() < due:
    if armed == handled:
        armed += 1
        signal.setitimer(signal.ITIMER_REAL, random.uniform(2e-6, 6e-5))
    capture(value, TAGS, 1)
    scope.read()
signal.setitimer(signal.ITIMER_REAL, 0)
print(handled > 100)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers by signal")
def test_a_signal_in_the_middle_of_a_capture_may_capture() -> None:
    here = Path(__file__).parent
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent / "src")])}
    command = [sys.executable, "-c", SIGNALS_THAT_CAPTURE]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


@pytest.mark.parametrize("mode", ["every", "change"])
def test_threads_share_a_ring(mode: str) -> None:
    scope = Scope(slots=1024)
    probes = [scope.probe(mode, number=number) for number in range(1, 5)]
    done = threading.Barrier(5)

    def work(capture: Any) -> None:
        done.wait()
        for i in range(2000):
            capture(float(i), TAGS, 1)
            capture("t" * (i % 50), TAGS, 1)

    workers = [threading.Thread(target=work, args=(capture,)) for capture, _ in probes]
    for worker in workers:
        worker.start()
    done.wait()
    records: list[Any] = []
    while any(worker.is_alive() for worker in workers) or scope.next <= scope.ring.last:
        records += scope.read()
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    for number, (_, meter) in enumerate(probes, 1):
        mine = [record for record in records if record.probe == number]
        assert len(mine) == meter.captures == 4000 - sum(meter.skips.values())
        assert [record.value for record in mine if record.type] == sorted(record.value for record in mine if record.type)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 700), st.booleans()), max_size=120))
def test_payloads_never_overlap_what_is_unread(steps: list[tuple[int, bool]]) -> None:
    scope = Scope(slots=256, bulk=4096)
    capture, meter = scope.probe("change")
    expected: list[tuple[int, str]] = []
    seen: list[Any] = []
    for index, (size, reads) in enumerate(steps):
        text = f"{index}-" + "x" * size
        before = meter.captures
        capture(text, TAGS, 1)
        if meter.captures > before:
            expected.append((len(text), text))
        if reads:
            seen += [record.value for record in scope.read()]
    seen += [record.value for record in scope.read()]
    assert seen == expected
    assert len(seen) + meter.skips["ring_full"] == len(steps)


def test_payload_larger_than_the_ring() -> None:
    ring = Ring(256, 4096)
    with pytest.raises(TooLargeError):
        ring.reserve(4104)
    ring.advance(ring.reserve(4096) or 4096)
    with pytest.raises(RingFullError):
        ring.reserve(8)


def test_seq_beyond_32_bits() -> None:
    scope = Scope(slots=256)
    capture, _ = scope.probe()
    scope.ring._start_at(2**32 - 2)
    struct.pack_into("<Q", scope.ring.map, 64, 2**32 - 2)
    scope.next = 2**32 - 2
    for i in range(6):
        capture(float(i), TAGS, 2**32 - 1 + i)
        capture(i, TAGS, 1)
        capture("t", TAGS, 1)
    records = scope.read()
    assert [record.seq for record in records] == list(range(2**32 - 2, 2**32 + 16))
    assert [record.hit for record in records[::3]] == [2**32 - 1, 0, 1, 2, 3, 4]


def test_slot_that_was_never_committed_is_given_up() -> None:
    scope = Scope(slots=256)
    capture, _ = scope.probe()
    next(scope.ring.free)  # what a thread that was stopped half-way leaves
    capture(2.0, TAGS, 1)
    scope.ring.mend()
    assert not scope.ring.is_committed(1)
    scope.ring.mend()
    records = Pump(scope.ring).collect()
    assert (len(records), Record(records, b"").value) == (64, 2.0)


def test_full_disk_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        Ring(256, 1 << 20, str(tmp_path / "1-1"))
    assert list(tmp_path.iterdir()) == []


def test_full_disk_later_leaves_a_smaller_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "_BULK_STEP_BYTES", 4096)
    scope = Scope(tmp_path / "1-1", slots=256, bulk=1 << 16)
    reader = RingReader(str(tmp_path / "1-1.records"), str(tmp_path / "1-1.bulk"))

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    capture, meter = scope.probe("change")
    for i in range(100):
        capture("x" * 900 + str(i), TAGS, 1)
        assert [record.value[1][900:] for record in reader.read()] == [str(i)]
    capture("y" * 4096, TAGS, 1)
    assert meter.skips["too_large"] == 1


def test_no_descriptor_is_kept(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    scope = Scope(tmp_path / "1-1")
    kept = len(set(os.listdir("/proc/self/fd")) - before)
    assert kept == (0 if sys.version_info >= (3, 13) else 2)
    assert scope.ring.last == 0
