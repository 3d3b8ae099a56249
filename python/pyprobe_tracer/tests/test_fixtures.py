"""The bytes of the contract, as packages/protocol/fixtures has them; fixtures.test.ts there is this test in TypeScript."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from pyprobe_tracer._capture import ring as ring_module
from pyprobe_tracer._capture.ring import HEADER_BYTES, Ring
from pyprobe_tracer._hit.hits import TAGS
from pyprobe_tracer._link.wire import JSON, RECORDS, Decoder, WireError, encode, encode_json
from pyprobe_tracer._value.arrays import ArrayReader
from pyprobe_tracer._value.bytes import Limits, Payload
from pyprobe_tracer._value.record import (
    ARRAY,
    BIGINT,
    COMPLEX,
    FLOAT,
    INT,
    LAYOUTS,
    NONE,
    PAYLOAD,
    RECORD_BYTES,
    SCALAR_TYPES,
    TEXT,
    TREE,
    UINT,
    padded,
    prefix,
)
from pyprobe_tracer._value.redact import Redactor
from pyprobe_tracer._value.value import Reader

FOLDER = Path(__file__).resolve().parents[3] / "packages" / "protocol" / "fixtures"
LIMITS = {
    "budget": 0.05,
    "payloadBytes": 1 << 20,
    "textCharacters": 4096,
    "treeItems": 100,
    "treeDepth": 4,
    "deadlineMs": 1000,
}
KINDS = {"float": FLOAT, "int": INT, "uint": UINT, "complex": COMPLEX, "none": NONE}
PAYLOADS = {"array": ARRAY, "text": TEXT, "tree": TREE, "bigint": BIGINT}


def parse_hex(text: str) -> bytes:
    """See hex.ts beside the fixtures."""
    data = bytearray()
    for line in text.splitlines():
        row = re.match(r"[0-9a-f]+  ([^|#]*)", line)
        if row is None:
            continue
        zeros = re.match(r"zeros (\d+)", row.group(1))
        data += bytes(int(zeros.group(1))) if zeros else bytes.fromhex(row.group(1))
    return bytes(data)


def fixtures(*kinds: str) -> list[Any]:
    index = json.loads((FOLDER / "index.json").read_text("utf-8"))
    return [pytest.param(entry["name"], id=entry["name"]) for entry in index if entry["kind"] in kinds]


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    loaded["bytes"] = parse_hex((FOLDER / f"{name}.hex").read_text("utf-8"))
    return loaded


def number(value: Any) -> float:
    return float(value)  # also of "nan", "inf" and "-0.0"


def value_fields(value: dict[str, Any]) -> list[Any]:
    """The arguments of a layout between the tags and the hit."""
    kind = value["kind"]
    if kind == "none":
        return [0]
    if kind == "reference":
        return [0, int(value["position"]), value["bytes"], PAYLOADS[value["payload"]]]
    code = SCALAR_TYPES.index(value["type"])
    if kind == "complex":
        return [code, number(value["re"]), number(value["im"])]
    return [code, number(value["value"]) if kind == "float" else int(value["value"])]


def slot(record: dict[str, Any]) -> bytes:
    """The 64 bytes, with the layouts that captures are written with."""
    value = record["value"]
    kind = KINDS.get(value["kind"], PAYLOAD)
    size = value["bytes"] if value["kind"] == "reference" else 0
    tags = struct.pack(TAGS, record["thread"], record["task"], record["call"], record["depth"])
    commit = record["seq"] & 0xFFFFFFFF
    fields = value_fields(value)
    head = prefix(kind, record["probe"], size)
    return LAYOUTS[kind].pack(head, record["seq"], int(record["timeNs"]), tags, *fields, record["hit"], commit)


def whole(record: dict[str, Any]) -> bytes:
    """The packet form: 64 bytes, and the padded payload where there is one."""
    if record["value"]["kind"] != "payload":
        return slot(record)
    data = payload_bytes(record["value"])
    reference = {"kind": "reference", "payload": record["value"]["payload"], "position": "0", "bytes": len(data)}
    return slot({**record, "value": reference}) + data.ljust(padded(len(data)), b"\0")


def payload_bytes(value: dict[str, Any]) -> bytes:
    """What the agent makes of the Python value that this payload stands for; arrays and trees as the fixture has them."""
    if value["payload"] == "bigint":
        return filled(reader().read(int(value["value"])))
    if value["payload"] == "text":
        return filled(reader().read(value["text"]))
    if value["payload"] == "tree":
        return json.dumps(value["tree"], ensure_ascii=False, separators=(",", ":")).encode()
    head = json.dumps(value["head"], separators=(",", ":")).encode()
    beginning = struct.pack("<II", len(head), 0) + head
    return beginning.ljust(padded(len(beginning)), b"\0") + elements(value["head"]["data"], value["elements"])


def elements(data: str, items: list[Any]) -> bytes:
    formats = {"bool": "?", "float32": "f", "float64": "d", "complex64": "f", "complex128": "d"}
    code = formats.get(data) or "bhiq"[("8", "16", "32", "64").index(data.lstrip("uint"))]
    if data.startswith("u"):
        code = code.upper()
    flat: list[Any] = []
    for item in items:
        flat += [item["re"], item["im"]] if isinstance(item, dict) else [item]
    convert = number if code in "fd" else int
    return struct.pack(f"<{len(flat)}{code}", *map(convert, flat))


def filled(encoded: Any) -> bytes:
    assert isinstance(encoded, Payload)
    memory = bytearray(encoded.size)
    encoded.fill(memory, 0)  # type: ignore[arg-type]
    return bytes(memory)


def reader() -> Reader:
    return Reader(Limits(LIMITS), Redactor([]))


@pytest.mark.parametrize("name", fixtures("record"))
def test_records_have_these_bytes(name: str) -> None:
    fixture = load(name)
    assert whole(fixture["record"]).hex() == fixture["bytes"].hex()


@pytest.mark.parametrize("name", fixtures("slot"))
def test_slots_in_shared_memory_have_these_bytes(name: str) -> None:
    fixture = load(name)
    assert slot(fixture["record"]).hex() == fixture["bytes"].hex()
    assert len(fixture["bytes"]) == RECORD_BYTES


@pytest.mark.parametrize("name", fixtures("payload"))
def test_payloads_have_these_bytes(name: str) -> None:
    fixture = load(name)
    value = fixture["value"]
    if value["payload"] == "text" and value["length"] != len(value["text"]):
        limits = Limits({**LIMITS, "textCharacters": len(value["text"])})
        text = value["text"] + "x" * (value["length"] - len(value["text"]))
        assert filled(Reader(limits, Redactor([])).read(text)).hex() == fixture["bytes"].hex()
    else:
        assert payload_bytes(value).hex() == fixture["bytes"].hex()


def test_a_list_of_floats_is_the_fixture() -> None:
    fixture = load("payloads/array_list")
    made = ArrayReader(Limits(LIMITS)).read_sequence([0.25, 0.75])
    expect_same_array(filled(made), fixture["bytes"], ignore="dtype")


NUMPY_ARRAYS = {
    "array_float64": "np.array([0.5, np.nan, np.inf, -1.0])",
    "array_float32": "np.array([0.5, -0.25, 8], dtype=np.float32)",
    "array_float16": "np.array([1, 2], dtype=np.float16)",
    "array_complex64": "np.array([1-1j, -1+1j], dtype=np.complex64)",
    "array_complex128": "np.array([[1, 1j], [-1, complex(0, -1)]])",
    "array_int64": "np.array([9007199254740993, -1])",
    "array_uint64": "np.array([2**64 - 1], dtype=np.uint64)",
    "array_int32_big_endian": "np.array([1, -2], dtype='>i4')",
    "array_uint32": "np.array([4294967295], dtype=np.uint32)",
    "array_int16": "np.array([-32768, 0, 32767], dtype=np.int16)",
    "array_uint16": "np.array([0, 65535], dtype=np.uint16)",
    "array_int8": "np.array([-128, 127], dtype=np.int8)",
    "array_uint8": "np.array([[0, 64], [128, 255]], dtype=np.uint8)",
    "array_bool": "np.array([True, False, True])",
    "array_datetime": "np.array([1700000000000000000, -2**63], dtype='datetime64[ns]')",
    "array_empty": "np.empty((0, 3))",
    "array_masked": "np.ma.masked_array([1.0, 2.0], mask=[False, True])",
}


@pytest.mark.parametrize("name", NUMPY_ARRAYS)
def test_numpy_arrays_are_the_fixtures(name: str) -> None:
    np = pytest.importorskip("numpy")
    array = eval(NUMPY_ARRAYS[name], {"np": np})
    expect_same_array(filled(reader().read(array)), load(f"payloads/{name}")["bytes"])


def expect_same_array(made: bytes, fixture: bytes, ignore: str = "") -> None:
    """The order of the members of a JSON object is free; the elements are not."""
    heads = []
    for data in (made, fixture):
        length, zero = struct.unpack_from("<II", data)
        head = json.loads(data[8 : 8 + length])
        head.pop(ignore, None)
        heads.append((head, zero, data[padded(8 + length) :].hex()))
    assert heads[0] == heads[1]


@pytest.mark.parametrize("name", fixtures("ring"))
def test_ring_headers_have_these_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fixture = load(name)
    ring = fixture["ring"]
    is_bulk = ring["magic"] == "PYPROBEB"
    monkeypatch.setattr(ring_module, "monotonic_ns", lambda: int(ring["epoch"]))
    monkeypatch.setattr(ring_module, "time_ns", lambda: int(ring["wall"]))
    monkeypatch.setattr(ring_module.os, "getpid", lambda: ring["pid"])
    made = Ring(1024 if is_bulk else ring["capacity"], ring["capacity"] if is_bulk else 1 << 16)
    memory = made.bulk.map if is_bulk else made.map
    struct.pack_into("<Q", memory, 64, ring["tail"])  # the engine's part
    if ring["limit"]:
        made._start_at(ring["limit"])
        made.finish()
    assert memory[:HEADER_BYTES].hex() == fixture["bytes"].hex()


@pytest.mark.parametrize("name", fixtures("json_packet"))
def test_messages_are_read_and_written(name: str) -> None:
    fixture = load(name)
    message = fixture["message"]
    written = encode_json(message)
    assert struct.unpack_from("<BBHI", written) == (JSON, 0, 0, len(written) - 8)
    assert json.loads(written[8:]) == message
    for size in (1, 7, len(fixture["bytes"])):
        decoder = Decoder()
        pieces = [fixture["bytes"][at : at + size] for at in range(0, len(fixture["bytes"]), size)]
        assert [found for piece in pieces for found in decoder.push(piece)] == [message]


@pytest.mark.parametrize("name", fixtures("records_packet"))
def test_packets_of_records_have_these_bytes(name: str) -> None:
    fixture = load(name)
    assert encode(RECORDS, b"".join(map(whole, fixture["records"]))).hex() == fixture["bytes"].hex()


@pytest.mark.parametrize("name", [entry for entry in fixtures("broken") if "packet" in str(entry.values)])
def test_broken_packets_are_refused(name: str) -> None:
    with pytest.raises(WireError, match="Cannot read packet of the engine"):
        Decoder().push(load(name)["bytes"])
