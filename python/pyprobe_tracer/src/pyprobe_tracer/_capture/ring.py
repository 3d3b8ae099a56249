"""The two rings that captures are written into, laid out as `ring-layout.ts` of the protocol says.

The agent owns `limit` and everything behind the headers; the engine owns `tail` in both. The memory is that of a file which
the engine reads with positioned reads, so what is committed survives the death of this process; or, where there is no such
file, private memory that the link thread reads in the engine's stead and sends on as packets.

Any thread may write. Places for records are given out by an iterator, one indivisible step for each, so a record needs no
lock (see `lean`). A payload needs the bulk lock, because the engine frees payloads in the order of their records.
"""

from __future__ import annotations

import mmap
import os
import sys
from _operator import length_hint
from _thread import RLock
from struct import Struct
from time import monotonic_ns, time_ns

from .._value.record import LAYOUTS, NONE, RECORD_BYTES, TAIL, TAIL_OFFSET, U32, padded, prefix

HEADER_BYTES = 4096
MARGIN_SLOTS = 64
_VERSION = 1
_HEADER = Struct("<8sIIQQQ")
_U64 = Struct("<Q")
_ENGINE_OFFSET = 64
_LIMIT_OFFSET = 128
# Memory is taken from the file system before it is written: a full one is then an error here, not a bus error in the program.
_BULK_STEP_BYTES = 4 << 20
_OPEN_FLAGS = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)

HAS_GIL: bool = getattr(sys, "_is_gil_enabled", lambda: True)()
NEEDS_GATE = sys.version_info < (3, 10) or not HAS_GIL
"""Whether two captures could come between each other's steps."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class RingFullError(Exception):
    """There is no room until the engine has read on."""


class TooLargeError(Exception):
    """The payload can never be placed in this ring."""


class Memory:
    """A header page and `size` bytes behind it, of a file or, without a path, of this process alone.

    No descriptor is kept: a program that turns into a daemon closes all it finds, and the next file gets its number.
    """

    def __init__(self, path: str | None, size: int, step: int) -> None:
        self.path = path
        self.size = size
        self.usable = size if path is None else 0
        self._step = step
        if path is None:
            self.map = mmap.mmap(-1, HEADER_BYTES + size)
            return
        descriptor = os.open(path, _OPEN_FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(descriptor, HEADER_BYTES + size)
            _allocate(descriptor, 0, HEADER_BYTES)
            self._take(descriptor)
            self.map = _map(descriptor, HEADER_BYTES + size)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(descriptor)

    def grow(self) -> bool:
        """Makes more of the memory usable. False when all of it is, or when the file system has no more."""
        if self.usable == self.size or self.path is None:
            return False
        try:
            descriptor = os.open(self.path, _OPEN_FLAGS)
            try:
                self._take(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            self.size = self.usable
            return False
        return True

    def _take(self, descriptor: int) -> None:
        step = min(self._step, self.size - self.usable)
        _allocate(descriptor, HEADER_BYTES + self.usable, step)
        self.usable += step


def _allocate(descriptor: int, offset: int, size: int) -> None:
    """Raises `OSError` when the file system cannot hold these bytes."""
    allocate = getattr(os, "posix_fallocate", None)
    if allocate is not None:
        allocate(descriptor, offset, size)
        return
    os.lseek(descriptor, offset, os.SEEK_SET)
    os.write(descriptor, bytes(size))


def _map(descriptor: int, size: int) -> mmap.mmap:
    if sys.version_info >= (3, 13):
        return mmap.mmap(descriptor, size, trackfd=False)
    return mmap.mmap(descriptor, size)


class Run:
    """Places for records, in the order of their seq: as far as the reader allowed when it was made, and not around the end."""

    __slots__ = ("after", "end", "free", "seqs")

    def __init__(self, start: int, end: int, offset: int) -> None:
        self.seqs = iter(range(start, end))
        self.free = zip(self.seqs, range(offset, offset + (end - start) * RECORD_BYTES, RECORD_BYTES))
        self.end = end
        self.after: list[Run] = []
        """The first is the next run. Several threads may have made one at the same time."""


class Ring:
    """The writer's side of both rings."""

    __slots__ = ("_capacity", "_position", "_run", "_stuck", "bulk", "bulk_lock", "files", "free", "gate", "map", "slots")

    def __init__(self, slots: int, bulk_bytes: int, base: str | None = None) -> None:
        """`base` names the files without their ending; without it the rings are private. Raises `OSError`."""
        if slots & (slots - 1) or slots < 4 * MARGIN_SLOTS or bulk_bytes % 8:
            raise ValueError(f"Cannot make rings of {slots} slots and {bulk_bytes} bytes: rings do not have such sizes")
        self.files = ("", "") if base is None else (base + ".records", base + ".bulk")
        size = slots * RECORD_BYTES
        records = Memory(self.files[0] or None, size, size)
        try:
            self.bulk = Memory(self.files[1] or None, bulk_bytes, _BULK_STEP_BYTES)
        except BaseException:
            if base is not None:
                os.unlink(self.files[0])
            raise
        self.map = records.map
        self.slots = slots
        self._start_at(1)
        # Of C, and taken by `with`: nothing, not even a Ctrl-C, comes between taking one and being bound to give it back.
        self.gate = RLock()
        self.bulk_lock = RLock()
        self._capacity = bulk_bytes
        self._position = 0
        self._stuck = 0
        pid = os.getpid()
        _HEADER.pack_into(self.bulk.map, 0, b"PYPROBEB", _VERSION, pid, bulk_bytes, 0, 0)
        _HEADER.pack_into(self.map, 0, b"PYPROBE1", _VERSION, pid, slots, monotonic_ns(), time_ns())
        self.renew()

    def _start_at(self, seq: int) -> None:
        self._run = Run(seq, seq, 0)
        self.free: Iterator[tuple[int, int]] = self._run.free
        """The next seq and where its record goes. Whoever takes one writes it at once."""

    @property
    def last(self) -> int:
        """The last seq given out."""
        run = self._newest()
        return run.end - 1 - length_hint(run.seqs)

    @property
    def tail(self) -> int:
        """The next seq that will be read."""
        return max(1, int(_U64.unpack_from(self.map, _ENGINE_OFFSET)[0]))

    def renew(self) -> bool:
        """When `free` has no more: learns how far the reader is, and goes on where the last run ended. Is there room?"""
        run = self._newest()
        if not length_hint(run.seqs):
            lap_end = (run.end | (self.slots - 1)) + 1
            end = min(self.tail + self.slots - MARGIN_SLOTS, lap_end)
            if end <= run.end:
                return False
            run.after.append(Run(run.end, end, self.offset(run.end)))
            run = run.after[0]
        # Whatever came between: a run that is over leads to the newest.
        self._run = run
        self.free = run.free
        return True

    def _newest(self) -> Run:
        run = self._run
        while run.after:
            run = run.after[0]
        return run

    def offset(self, seq: int) -> int:
        """Where the record with this seq stands."""
        return HEADER_BYTES + (seq & (self.slots - 1)) * RECORD_BYTES

    def is_committed(self, seq: int) -> bool:
        offset = self.offset(seq)
        written, commit = _U64.unpack_from(self.map, offset + 8)[0], TAIL.unpack_from(self.map, offset + TAIL_OFFSET)[1]
        return bool(written == seq and commit == seq & U32)

    def commit_wide(self, offset: int, hit: int, seq: int) -> None:
        """Ends a record whose hit or seq is beyond 32 bits: all before them is written."""
        TAIL.pack_into(self.map, offset + TAIL_OFFSET, hit & U32, seq & U32)

    def mend(self) -> None:
        """Gives up the slot that the reader waits at, if it was waited for at the last call too: its thread was stopped
        half-way, for good. A record of probe 0 holds nothing. The engine does the same for itself where it reads the rings."""
        seq = self.tail
        if seq > self.last or self.is_committed(seq):
            self._stuck = 0
        elif self._stuck != seq:
            self._stuck = seq
        else:
            head = prefix(NONE, 0)
            LAYOUTS[NONE].pack_into(self.map, self.offset(seq), head, seq, monotonic_ns(), bytes(14), 0, 0, seq & U32)

    def reserve(self, size: int) -> int:
        """The position for a payload of `size` bytes; `advance` makes it count. Call it, and use it, inside of `bulk_lock`."""
        size = padded(size)
        if size > self.bulk.size:
            raise TooLargeError
        position = self._position
        offset = position % self._capacity
        while offset + size > self.bulk.usable:
            if self.bulk.grow():
                continue
            # The rest of the ring is too short, or the file system could not hold it: pass over it.
            position += self._capacity - offset
            offset = 0
            if size > self.bulk.usable:
                raise TooLargeError
        tail: int = _U64.unpack_from(self.bulk.map, _ENGINE_OFFSET)[0]
        if position + size > tail + self._capacity:
            raise RingFullError
        self._position = position
        return position

    def offset_of(self, position: int) -> int:
        """Where in the bulk memory a position stands."""
        return HEADER_BYTES + position % self._capacity

    def advance(self, size: int) -> None:
        """The payload just reserved is there and its record is committed."""
        self._position += padded(size)

    def finish(self) -> int:
        """Writes the limit for whoever reads the rings of a program that has ended, and gives the last seq."""
        _U64.pack_into(self.map, _LIMIT_OFFSET, self.last + 1)
        return self.last
