/** A capture record, in packet form, as the data a lens projects: its elements stay where they are. */
import { type CapturedData, type Elements, formatScalar } from "@pyprobe/lens";
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
  scalarTypeName,
  scalarTypes,
} from "@pyprobe/protocol";

/** Throws a `RecordError` on bytes that are not a record. */
export function capturedData(record: Uint8Array): CapturedData {
  if (record.length < RECORD_BYTES) throw new RecordError(`Cannot read capture: it has ${record.length} bytes`);
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const length = view.getUint32(recordOffsets.length, true);
  const kind = view.getUint16(recordOffsets.kind, true);
  switch (kind) {
    case recordKinds.float:
      return new ScalarData(scalarTypeOf(view), view.getFloat64(recordOffsets.value, true));
    case recordKinds.int:
      return integer(scalarTypeOf(view), view.getBigInt64(recordOffsets.value, true));
    case recordKinds.uint:
      return integer(scalarTypeOf(view), view.getBigUint64(recordOffsets.value, true));
    case recordKinds.complex: {
      const re = view.getFloat64(recordOffsets.value, true);
      return new ScalarData(scalarTypeOf(view), re, { im: view.getFloat64(recordOffsets.value + 8, true) });
    }
    case recordKinds.none:
      return { kind: "described", value: { kind: "none" } };
    case recordKinds.payload:
      return payloadData(payloadKindOf(view), record.subarray(RECORD_BYTES, length));
    default:
      throw new RecordError(`Cannot read capture: its kind is ${kind}`);
  }
}

/** A scalar whose exact text is made when somebody asks for it: most are only numbers of a series. */
class ScalarData {
  readonly kind = "scalar";
  readonly type: ScalarType;
  readonly re: number;
  readonly im: number;
  readonly isComplex: boolean;
  readonly #integer: bigint | undefined;

  constructor(type: ScalarType, re: number, options: { im?: number; integer?: bigint } = {}) {
    this.type = type;
    this.re = re;
    this.im = options.im ?? 0;
    this.isComplex = options.im !== undefined;
    this.#integer = options.integer;
  }

  get exact(): string {
    if (this.type === "bool") return formatScalar(this.re !== 0, this.type);
    if (this.#integer !== undefined) return String(this.#integer);
    return formatScalar(this.isComplex ? { re: this.re, im: this.im } : this.re, this.type);
  }
}

function integer(type: ScalarType, value: bigint): CapturedData {
  return new ScalarData(type, Number(value), { integer: value });
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
  return scalarTypeName(type);
}

function payloadKindOf(view: DataView): PayloadKind {
  const code = view.getUint32(recordOffsets.payloadKind, true);
  for (const kind of ["array", "text", "tree", "bigint"] as const) if (payloadKinds[kind] === code) return kind;
  throw new RecordError(`Cannot read capture: its payload kind is ${code}`);
}
