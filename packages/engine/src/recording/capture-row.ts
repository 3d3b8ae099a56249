/** A capture record as a row of the table `captures`, and back. Arrays have their elements in `payloads`. */
import {
  type ArrayHead,
  arrayHeadSchema,
  decodeArrayPayload,
  decodeBigintPayload,
  decodeRecord,
  decodeTextPayload,
  decodeTreePayload,
  encodeArrayPayload,
  encodeBigintPayload,
  encodeRecord,
  encodeTextPayload,
  RecordError,
  type RecordValue,
  type ScalarType,
  scalarTypeName,
  scalarTypes,
} from "@pyprobe/protocol";
import { nsSince } from "../capture/capture-record-fields.ts";

/** The columns behind the key, in the order of the table. */
export type CaptureRow = {
  readonly t_ns: number;
  readonly thread: number;
  readonly task: number | null;
  readonly call: number;
  readonly hit: number;
  readonly depth: number;
  readonly value: ValueColumns;
};

export type RowKind = "float" | "int" | "uint" | "complex" | "none" | "array" | "text" | "tree" | "bigint";

export type ValueColumns = {
  readonly kind: RowKind;
  readonly type: string | null;
  /** Ints that SQLite can hold are exact; larger ones are doubles here and exact in `text`. NaN is null. */
  readonly value: number | bigint | null;
  readonly imag: number | null;
  readonly text: string | null;
  readonly length: number | null;
  readonly elements: Uint8Array | null;
};

const noColumns = { type: null, value: null, imag: null, text: null, length: null, elements: null } as const;
const MAX_INTEGER = 2n ** 63n - 1n;

export type StoredCapture = { readonly probe: number; readonly seq: number; readonly row: CaptureRow };

/** Throws a `RecordError` on bytes that are not a record. */
export function rowOf(record: Uint8Array, originNs: bigint): StoredCapture {
  const { probe, seq, thread, task, call, depth, hit, value } = decodeRecord(record);
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const t_ns = Math.max(0, nsSince(view, 0, originNs));
  const row = { t_ns, thread, task: task === 0 ? null : task, call, hit, depth, value: columnsOf(value) };
  return { probe, seq, row };
}

function columnsOf(value: RecordValue): ValueColumns {
  switch (value.kind) {
    case "float":
      return { ...noColumns, kind: "float", type: value.type, value: orNull(Number(value.value)) };
    case "int":
      return { ...noColumns, kind: "int", type: scalarTypeName(value.type), value: BigInt(value.value) };
    case "uint":
      return { ...noColumns, kind: "uint", type: scalarTypeName(value.type), ...integerColumns(BigInt(value.value)) };
    case "complex":
      return { ...noColumns, kind: "complex", type: value.type, value: orNull(value.re), imag: orNull(value.im) };
    case "none":
      return { ...noColumns, kind: "none" };
    case "payload":
      return payloadColumns(value);
  }
}

function payloadColumns({ payload, bytes }: RecordValue & { kind: "payload" }): ValueColumns {
  switch (payload) {
    case "array": {
      const { head, elements } = decodeArrayPayload(bytes);
      return { ...noColumns, kind: "array", type: head.dtype, text: JSON.stringify(head), elements };
    }
    case "text": {
      const { text, length } = decodeTextPayload(bytes);
      return { ...noColumns, kind: "text", type: "str", text, length };
    }
    case "tree": {
      const tree = decodeTreePayload(bytes);
      return { ...noColumns, kind: "tree", type: tree.type, text: JSON.stringify(tree) };
    }
    case "bigint":
      return { ...noColumns, kind: "bigint", type: "int", ...integerColumns(decodeBigintPayload(bytes)) };
  }
}

function integerColumns(value: bigint): { value: number | bigint | null; text: string | null } {
  if (value <= MAX_INTEGER && value >= -MAX_INTEGER - 1n) return { value, text: null };
  const approximate = Number(value);
  return { value: Number.isFinite(approximate) ? approximate : null, text: String(value) };
}

/** SQLite has no NaN. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The record in packet form, with the time since the run began as its clock. */
export function recordOfRow({ probe, seq, row }: StoredCapture): Uint8Array {
  const { t_ns, thread, task, call, hit, depth, value } = row;
  return encodeRecord({
    probe,
    seq,
    timeNs: BigInt(Math.round(t_ns)),
    thread,
    task: task ?? 0,
    call,
    hit,
    depth,
    value: recordValueOf(value),
  });
}

function recordValueOf(columns: ValueColumns): RecordValue {
  const { kind, value } = columns;
  switch (kind) {
    case "float":
      return { kind, type: scalarType(columns.type), value: orNan(value) };
    case "int":
    case "uint":
      return { kind, type: scalarType(columns.type), value: exactInteger(columns) };
    case "complex":
      return { kind, type: scalarType(columns.type), re: orNan(value), im: orNan(columns.imag) };
    case "none":
      return { kind };
    case "array":
      return { kind: "payload", payload: "array", bytes: arrayBytes(columns) };
    case "text": {
      const text = { text: columns.text ?? "", length: columns.length ?? 0 };
      return { kind: "payload", payload: "text", bytes: encodeTextPayload(text) };
    }
    case "tree":
      return { kind: "payload", payload: "tree", bytes: new TextEncoder().encode(columns.text ?? "") };
    case "bigint":
      return { kind: "payload", payload: "bigint", bytes: encodeBigintPayload(exactInteger(columns)) };
  }
}

function arrayBytes({ text, elements }: ValueColumns): Uint8Array {
  const head: ArrayHead = arrayHeadSchema.parse(JSON.parse(text ?? ""));
  return encodeArrayPayload({ head, elements: elements ?? new Uint8Array() });
}

function exactInteger({ value, text }: ValueColumns): bigint {
  return BigInt(text ?? value ?? 0);
}

function orNan(value: number | bigint | null): number {
  return value === null ? Number.NaN : Number(value);
}

function scalarType(type: string | null): ScalarType {
  const known = scalarTypes.find((name) => name === type);
  if (known === undefined || known === "")
    throw new RecordError(`Cannot read capture of recording: its type is ${type}`);
  return known;
}
