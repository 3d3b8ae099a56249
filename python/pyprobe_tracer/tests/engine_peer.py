"""The engine's side of the link and of the rings, as far as the agent's tests need it: a real socket, real files."""

from __future__ import annotations

import json
import mmap
import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

SOURCE = Path(__file__).resolve().parents[1] / "src"
LIMITS = {
    "budget": 0.05,
    "payloadBytes": 32 << 20,
    "textCharacters": 4096,
    "treeItems": 100,
    "treeDepth": 4,
    "deadlineMs": 50,
}
TYPES = (
    "",
    *("float", "int", "bool", "complex", "float16", "float32", "float64", "longdouble"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("complex64", "complex128", "clongdouble", "bool_"),
)
PAYLOADS = {1: "array", 2: "text", 3: "tree", 4: "bigint"}


class Record:
    """One decoded record."""

    def __init__(self, raw: bytes, payload: bytes) -> None:
        length, kind, self.probe, self.seq, self.time = struct.unpack_from("<IHHQQ", raw)
        self.thread, self.task, self.call, self.depth, code = struct.unpack_from("<IIIHH", raw, 24)
        self.hit, commit = struct.unpack_from("<II", raw, 56)
        assert commit == self.seq & 0xFFFFFFFF
        assert length == 64 + len(payload)
        self.type = TYPES[code]
        self.payload = payload
        self.value = self._value(raw, kind, payload)

    def _value(self, raw: bytes, kind: int, payload: bytes) -> Any:
        if kind == 6:
            return decode_payload(PAYLOADS[struct.unpack_from("<I", raw, 52)[0]], payload)
        if kind == 4:
            return complex(*struct.unpack_from("<dd", raw, 40))
        if kind == 5:
            return None
        value = struct.unpack_from({1: "<d", 2: "<q", 3: "<Q"}[kind], raw, 40)[0]
        return bool(value) if self.type in ("bool", "bool_") else value

    def __repr__(self) -> str:
        return f"<{self.seq} p{self.probe} {self.type} {self.value!r}>"


class Array:
    def __init__(self, head: dict[str, Any], elements: bytes) -> None:
        self.head = head
        self.elements = elements

    def __getattr__(self, name: str) -> Any:
        return self.head[name]

    def numbers(self) -> list[Any]:
        forms = {"bool": "?", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "float32": "f", "float64": "d"}
        forms.update({"uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q", "complex64": "f", "complex128": "d"})
        form = forms[self.head["data"]]
        flat = struct.unpack(f"<{len(self.elements) // struct.calcsize(form)}{form}", self.elements)
        if self.head["data"].startswith("complex"):
            return [complex(re, im) for re, im in zip(flat[::2], flat[1::2])]
        return list(flat)


def decode_payload(kind: str, payload: bytes) -> Any:
    if kind == "bigint":
        return int.from_bytes(payload, "little", signed=True)
    if kind == "tree":
        return json.loads(payload)
    first, zero = struct.unpack_from("<II", payload)
    assert zero == 0
    if kind == "text":
        return (first, payload[8:].decode())
    start = (8 + first + 7) & ~7
    assert not any(payload[8 + first : start])
    head = json.loads(payload[8 : 8 + first])
    return Array(head, payload[start:])


class RingReader:
    """Reads both rings from their files, as the engine does."""

    def __init__(self, records: str, bulk: str) -> None:
        with open(records, "r+b") as file:
            self.records = mmap.mmap(file.fileno(), 0)
        with open(bulk, "r+b") as file:
            self.bulk = mmap.mmap(file.fileno(), 0)
        assert self.records[:8] == b"PYPROBE1" and self.bulk[:8] == b"PYPROBEB"
        self.slots = struct.unpack_from("<Q", self.records, 16)[0]
        self.capacity = struct.unpack_from("<Q", self.bulk, 16)[0]
        self.next = 1

    def read(self) -> list[Record]:
        found = []
        while True:
            offset = 4096 + (self.next & (self.slots - 1)) * 64
            raw = self.records[offset : offset + 64]
            if struct.unpack_from("<Q", raw, 8)[0] != self.next:
                break
            if struct.unpack_from("<I", raw, 60)[0] != self.next & 0xFFFFFFFF:
                break
            payload = b""
            if struct.unpack_from("<H", raw, 4)[0] == 6:
                position, size = struct.unpack_from("<QI", raw, 40)
                start = 4096 + position % self.capacity
                payload = self.bulk[start : start + size]
                struct.pack_into("<Q", self.bulk, 64, position + ((size + 7) & ~7))
            found.append(Record(raw, payload))
            self.next += 1
            struct.pack_into("<Q", self.records, 64, self.next)
        return found


class AgentLink:
    """One connection of an agent."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.buffer = b""
        self.events: list[dict[str, Any]] = []
        self.replies: dict[int, dict[str, Any]] = {}
        self.hello: dict[str, Any] = {}
        self.rings: RingReader | None = None
        self.captures: list[Record] = []
        self.is_closed = False

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self.socket.sendall(struct.pack("<BBHI", 1, 0, 0, len(data)) + data)

    def receive(self) -> None:
        try:
            data = self.socket.recv(1 << 20)
        except OSError:
            data = b""
        if not data:
            self.is_closed = True
        self.buffer += data
        while len(self.buffer) >= 8:
            kind, flags, reserved, length = struct.unpack_from("<BBHI", self.buffer)
            assert (flags, reserved) == (0, 0)
            if len(self.buffer) < 8 + length:
                break
            payload, self.buffer = self.buffer[8 : 8 + length], self.buffer[8 + length :]
            if kind == 2:
                self._take_records(payload)
            else:
                self._take(json.loads(payload))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "hello":
            self.hello = message
        elif message["type"] == "ping":
            self.send({"type": "pong"})
        elif message["type"] == "reply":
            self.replies[message["id"]] = message
        elif message["type"] == "event":
            self.events.append(message)
            if message["event"] == "rings":
                self.rings = RingReader(message["records"], message["bulk"])

    def _take_records(self, packet: bytes) -> None:
        offset = 0
        while offset < len(packet):
            length = struct.unpack_from("<I", packet, offset)[0]
            raw = packet[offset : offset + 64]
            self.captures.append(Record(raw, packet[offset + 64 : offset + length]))
            offset += (length + 7) & ~7

    def collect(self) -> list[Record]:
        if self.rings is not None:
            self.captures += self.rings.read()
        return self.captures

    def event(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    def totals(self) -> dict[str, dict[str, Any]]:
        """The newest counters of each probe."""
        return {probe["id"]: probe for event in self.event("counters") for probe in event["probes"]}


def probe(number: int, file: object, line: int, symbol: str, **more: Any) -> dict[str, Any]:
    text = Path(str(file)).read_text().splitlines()[line - 1]
    anchor = {
        "file": str(file),
        "line": line,
        "column": more.get("column", text.index(symbol)),
        "symbol": symbol,
        "function": more.get("function", ""),
        "context": more.get("context", "store"),
    }
    return {"id": f"p{number}", "anchor": anchor, "mode": more.get("mode", {"kind": "every"})}


class Engine:
    """Listens, welcomes agents, reads what they capture."""

    def __init__(self, directory: Path, probes: Any = (), **welcome: Any) -> None:
        self.directory = directory
        self.path = str(directory / "engine.sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(64)
        self.links: list[AgentLink] = []
        self.welcome = {
            "type": "welcome",
            "protocol": 1,
            "engine": "0.1.0",
            "session": "s1",
            "rings": {"directory": str(directory), "slots": 4096, "bulkBytes": 64 << 20},
            "limits": LIMITS,
            "probes": list(probes),
            "redact": ["password", "token"],
            **welcome,
        }

    @property
    def address(self) -> str:
        return f"unix:{self.path}"

    def turn(self, timeout: float = 0.01) -> None:
        sockets = [self.listener] + [link.socket for link in self.links if not link.is_closed]
        for ready in select.select(sockets, [], [], timeout)[0]:
            if ready is self.listener:
                self.links.append(AgentLink(self.listener.accept()[0]))
            else:
                link = next(link for link in self.links if link.socket is ready)
                was_new = not link.hello
                link.receive()
                if was_new and link.hello:
                    link.send(self.welcome)
        for link in self.links:
            link.collect()

    def until(self, done: Callable[[], bool], timeout: float = 20.0) -> None:
        due = time.monotonic() + timeout
        while not done():
            assert time.monotonic() < due, "the agent did not do it in time"
            self.turn()

    def start(self, *arguments: object, flags: Any = (), **options: Any) -> subprocess.Popen[bytes]:
        """A program with the agent in it."""
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYPROBE_TOKEN": "t0ken", "PYPROBE_DEBUG": "1"}
        environment.update(options.pop("env", {}))
        path = str(SOURCE / "pyprobe_tracer" / "__main__.py")
        launcher = [path] if options.pop("by_path", False) else ["-m", "pyprobe_tracer"]
        command = [sys.executable, *flags, *launcher, "--connect", self.address, *map(str, arguments)]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(command, env=environment, **streams)

    def run(self, *arguments: object, **options: Any) -> tuple[int, bytes, bytes]:
        """Exit code, stdout, stderr of a program that was watched to its end."""
        import tempfile

        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self.start(*arguments, stdout=out, stderr=err, **options)
            self.until(lambda: process.poll() is not None)
            self.until(lambda: all(link.is_closed for link in self.links))
            out.seek(0)
            err.seek(0)
            return process.returncode, out.read(), err.read()

    def close(self) -> None:
        self.listener.close()
        for link in self.links:
            link.socket.close()


def lines(text: bytes) -> Iterator[str]:
    yield from text.decode().splitlines()
