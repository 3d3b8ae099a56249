/** A capture record, in packet form, as the data a lens projects: its elements stay where they are. */
import type { CapturedData, Elements } from "@pyprobe/lens";
import {
  type CaptureValue,
  type DataType,
  dataTypeBytes,
  decodeArrayPayload,
  decodeBigintPayload,
  decodeTextPayload,
  decodeTreePayload,
  type PayloadKind,
  payloadKinds,
  RECORD_BYTES,
  RecordError,
  recordKinds,
  recordOffsets,
  type ScalarType,
  scalarTypes,
} from "@pyprobe/protocol";
import { pythonFloat, pythonScalar } from "./python-text.ts";

/** Throws a `RecordError` on bytes that are not a record. */
export function capturedData(record: Uint8Array): CapturedData {
  if (record.length < RECORD_BYTES) throw new RecordError(`Cannot read capture: it has ${record.length} bytes`);
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const length = view.getUint32(recordOffsets.length, true);
  const kind = view.getUint16(recordOffsets.kind, true);
  switch (kind) {
    case recordKinds.float: {
      const re = view.getFloat64(recordOffsets.value, true);
      return scalar(scalarTypeOf(view), { re, exact: pythonFloat(re) });
    }
    case recordKinds.int:
      return integer(scalarTypeOf(view), view.getBigInt64(recordOffsets.value, true));
    case recordKinds.uint:
      return integer(scalarTypeOf(view), view.getBigUint64(recordOffsets.value, true));
    case recordKinds.complex: {
      const re = view.getFloat64(recordOffsets.value, true);
      const im = view.getFloat64(recordOffsets.value + 8, true);
      return { ...scalar(scalarTypeOf(view), { re, exact: pythonScalar({ re, im }) }), im, isComplex: true };
    }
    case recordKinds.none:
      return { kind: "described", value: { kind: "none" } };
    case recordKinds.payload:
      return payloadData(payloadKindOf(view), record.subarray(RECORD_BYTES, length));
    default:
      throw new RecordError(`Cannot read capture: its kind is ${kind}`);
  }
}

function scalar(type: ScalarType, value: { re: number; exact: string }): CapturedData & { kind: "scalar" } {
  return { kind: "scalar", type, re: value.re, im: 0, isComplex: false, exact: value.exact };
}

function integer(type: ScalarType, value: bigint): CapturedData {
  const isBool = type === "bool" || type === "bool_";
  return scalar(type, { re: Number(value), exact: isBool ? pythonScalar(value !== 0n) : String(value) });
}

function payloadData(kind: PayloadKind, payload: Uint8Array): CapturedData {
  switch (kind) {
    case "array":
      return arrayData(payload);
    case "text":
      return { kind: "described", value: textValue(payload) };
    case "tree":
      return { kind: "described", value: decodeTreePayload(payload) };
    case "bigint":
      return integer("int", decodeBigintPayload(payload));
  }
}

function arrayData(payload: Uint8Array): CapturedData {
  const { head, elements } = decodeArrayPayload(payload);
  const isComplex = head.data === "complex64" || head.data === "complex128";
  return { kind: "array", head, elements: elementsOf(head.data, elements), isComplex };
}

type ElementsType = { new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements };
const elementTypes: Readonly<Record<DataType, { readonly type: ElementsType; readonly each: number }>> = {
  bool: { type: Uint8Array, each: 1 },
  int8: { type: Int8Array, each: 1 },
  int16: { type: Int16Array, each: 1 },
  int32: { type: Int32Array, each: 1 },
  int64: { type: BigInt64Array, each: 1 },
  uint8: { type: Uint8Array, each: 1 },
  uint16: { type: Uint16Array, each: 1 },
  uint32: { type: Uint32Array, each: 1 },
  uint64: { type: BigUint64Array, each: 1 },
  float32: { type: Float32Array, each: 1 },
  float64: { type: Float64Array, each: 1 },
  complex64: { type: Float32Array, each: 2 },
  complex128: { type: Float64Array, each: 2 },
};

function elementsOf(data: DataType, bytes: Uint8Array): Elements {
  const { type, each } = elementTypes[data];
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer, aligned.byteOffset, (bytes.length / dataTypeBytes[data]) * each);
}

function textValue(payload: Uint8Array): CaptureValue {
  const { text, length } = decodeTextPayload(payload);
  return { kind: "text", value: text, length };
}

function scalarTypeOf(view: DataView): ScalarType {
  const code = view.getUint16(recordOffsets.type, true);
  const type = scalarTypes[code];
  if (type === undefined || type === "") throw new RecordError(`Cannot read capture: its scalar type is ${code}`);
  return type;
}

function payloadKindOf(view: DataView): PayloadKind {
  const code = view.getUint32(recordOffsets.payloadKind, true);
  for (const kind of ["array", "text", "tree", "bigint"] as const) if (payloadKinds[kind] === code) return kind;
  throw new RecordError(`Cannot read capture: its payload kind is ${code}`);
}
