/**
 * The capture record: one layout, in shared memory, on the socket and in the capture log. Little-endian.
 *
 *     offset  size  field
 *     0       u32   length    bytes of the whole record: 64, plus the payload where there is one (without padding)
 *     4       u16   kind      which value follows at 40 (recordKinds)
 *     6       u16   probe     the number in the probe's id
 *     8       u64   seq       strictly increasing over all probes of the process, from 1
 *     16      u64   time      monotonic clock at the hit, nanoseconds
 *     24      u32   thread    native thread id (low 32 bits)
 *     28      u32   task      asyncio task, numbered from 1 in this process; 0 outside of tasks
 *     ------------- end of the 32-byte header; the value's part begins
 *     32      u32   call      number of this call of the function, from 1, among the calls seen while a probe was armed in it
 *     36      u16   depth     activations of the same function below this one on this thread
 *     38      u16   type      what a scalar is called (scalarTypes); 0 for the other kinds
 *     40      16    value     f64 | i64 | u64 | two f64 (re, im) | payload reference
 *     56      u32   hit       number of this hit of the probe within the call, from 1
 *     60      u32   commit    low 32 bits of seq; written last
 *
 * `call` and `hit` go on from 0 after 2^32 - 1; `depth` stays at 65535. What a record does not use is zero.
 *
 * A payload reference is: 40 u64 position, 48 u32 bytes, 52 u32 payload kind (payloadKinds). In shared memory the
 * position is the payload's place in the bulk ring; in a packet and in the log it is 0 and the payload follows the 64 bytes,
 * padded with zeros to a multiple of 8.
 *
 * The payloads:
 *
 *     array   u32 bytes of the JSON head, u32 0, the head, padding, the elements (see arrayHeadSchema)
 *     text    u32 characters (code points) of the whole text, u32 0, its beginning in UTF-8; lone surrogates as U+FFFD
 *     tree    a CaptureValue of kind "tree" as JSON in UTF-8
 *     bigint  the int in two's complement, little-endian, at least one byte, sign in the top bit (to_bytes(…, "little", signed=True))
 */
export const RECORD_BYTES = 64;
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

export const recordKinds = { float: 1, int: 2, uint: 3, complex: 4, none: 5, payload: 6 } as const;
export const payloadKinds = { array: 1, text: 2, tree: 3, bigint: 4 } as const;

/** Index = code in the record. The first four are Python's own; the rest numpy's. */
export const scalarTypes = [
  "",
  "float",
  "int",
  "bool",
  "complex",
  "float16",
  "float32",
  "float64",
  "longdouble",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "clongdouble",
  "bool_",
] as const;
export type ScalarType = Exclude<(typeof scalarTypes)[number], "">;

/** What a scalar of this type is called in front of users: of numpy's by their dtypes, of which only `bool` is called like one of Python's. */
export function scalarTypeName(type: ScalarType): ScalarType {
  return type === "bool_" ? "bool" : type;
}

/** Where the fields stand, for code that walks many records without making an object of each. */
export const recordOffsets = {
  length: 0,
  kind: 4,
  probe: 6,
  seq: 8,
  time: 16,
  thread: 24,
  task: 28,
  call: 32,
  depth: 36,
  type: 38,
  value: 40,
  payloadBytes: 48,
  payloadKind: 52,
  hit: 56,
  commit: 60,
} as const;

export type RecordValue =
  | { readonly kind: "float" | "int" | "uint"; readonly type: ScalarType; readonly value: number | bigint }
  | { readonly kind: "complex"; readonly type: ScalarType; readonly re: number; readonly im: number }
  | { readonly kind: "none" }
  | { readonly kind: "payload"; readonly payload: PayloadKind; readonly bytes: Uint8Array };
export type PayloadKind = keyof typeof payloadKinds;

/** One decoded record. `seq` and `timeNs` stay exact: seq fits a double, the clock is a bigint. */
export type CaptureRecord = {
  readonly probe: number;
  readonly seq: number;
  readonly timeNs: bigint;
  readonly thread: number;
  readonly task: number;
  readonly call: number;
  readonly depth: number;
  readonly hit: number;
  readonly value: RecordValue;
};

export class RecordError extends Error {
  override readonly name = "RecordError";
}

/** Bytes the record takes in a packet or in the log, padding included. */
export function paddedBytes(length: number): number {
  return (length + 7) & ~7;
}

/** The packet form: 64 bytes, and the padded payload where there is one. */
export function encodeRecord(record: CaptureRecord): Uint8Array {
  const { value } = record;
  const length = RECORD_BYTES + (value.kind === "payload" ? value.bytes.length : 0);
  const bytes = new Uint8Array(paddedBytes(length));
  const view = new DataView(bytes.buffer);
  view.setUint32(recordOffsets.length, length, true);
  view.setUint16(recordOffsets.kind, recordKinds[value.kind], true);
  view.setUint16(recordOffsets.probe, record.probe, true);
  view.setBigUint64(recordOffsets.seq, BigInt(record.seq), true);
  view.setBigUint64(recordOffsets.time, record.timeNs, true);
  view.setUint32(recordOffsets.thread, record.thread, true);
  view.setUint32(recordOffsets.task, record.task, true);
  view.setUint32(recordOffsets.call, record.call, true);
  view.setUint16(recordOffsets.depth, record.depth, true);
  switch (value.kind) {
    case "float":
      view.setFloat64(recordOffsets.value, Number(value.value), true);
      break;
    case "int":
      view.setBigInt64(recordOffsets.value, BigInt(value.value), true);
      break;
    case "uint":
      view.setBigUint64(recordOffsets.value, BigInt(value.value), true);
      break;
    case "complex":
      view.setFloat64(recordOffsets.value, value.re, true);
      view.setFloat64(recordOffsets.value + 8, value.im, true);
      break;
    case "none":
      break;
    case "payload":
      view.setUint32(recordOffsets.payloadBytes, value.bytes.length, true);
      view.setUint32(recordOffsets.payloadKind, payloadKinds[value.payload], true);
      bytes.set(value.bytes, RECORD_BYTES);
      break;
  }
  if ("type" in value) view.setUint16(recordOffsets.type, scalarTypes.indexOf(value.type), true);
  view.setUint32(recordOffsets.hit, record.hit, true);
  view.setUint32(recordOffsets.commit, record.seq >>> 0, true);
  return bytes;
}

/** Reads the record that starts at `offset` of the packet form. Throws a `RecordError` on bytes that are not one. */
export function decodeRecord(bytes: Uint8Array, offset = 0): CaptureRecord {
  if (bytes.length - offset < RECORD_BYTES)
    throw new RecordError(`Cannot read record at ${offset}: less than ${RECORD_BYTES} bytes are left`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
  const length = view.getUint32(recordOffsets.length, true);
  if (length < RECORD_BYTES || length > view.byteLength)
    throw new RecordError(`Cannot read record at ${offset}: its length is ${length}`);
  const seq = Number(view.getBigUint64(recordOffsets.seq, true));
  if (seq === 0 || seq > Number.MAX_SAFE_INTEGER)
    throw new RecordError(`Cannot read record at ${offset}: its seq is ${seq}`);
  if (view.getUint32(recordOffsets.commit, true) !== seq % 2 ** 32)
    throw new RecordError(`Cannot read record at ${offset}: it is not committed`);
  return {
    probe: view.getUint16(recordOffsets.probe, true),
    seq,
    timeNs: view.getBigUint64(recordOffsets.time, true),
    thread: view.getUint32(recordOffsets.thread, true),
    task: view.getUint32(recordOffsets.task, true),
    call: view.getUint32(recordOffsets.call, true),
    depth: view.getUint16(recordOffsets.depth, true),
    hit: view.getUint32(recordOffsets.hit, true),
    value: decodeValue(view, bytes.subarray(offset + RECORD_BYTES, offset + length)),
  };
}

/** The records of a packet's payload, in order. */
export function* decodeRecords(bytes: Uint8Array): Generator<CaptureRecord> {
  let offset = 0;
  while (offset < bytes.length) {
    const record = decodeRecord(bytes, offset);
    yield record;
    offset += paddedBytes(RECORD_BYTES + (record.value.kind === "payload" ? record.value.bytes.length : 0));
  }
}

function decodeValue(view: DataView, payload: Uint8Array): RecordValue {
  const kind = view.getUint16(recordOffsets.kind, true);
  const announced = kind === recordKinds.payload ? view.getUint32(recordOffsets.payloadBytes, true) : 0;
  if (payload.length !== announced)
    throw new RecordError(
      `Cannot read record: ${announced} bytes of payload are announced, its length holds ${payload.length}`,
    );
  switch (kind) {
    case recordKinds.float:
      return { kind: "float", type: scalarTypeOf(view), value: view.getFloat64(recordOffsets.value, true) };
    case recordKinds.int:
      return { kind: "int", type: scalarTypeOf(view), value: exact(view.getBigInt64(recordOffsets.value, true)) };
    case recordKinds.uint:
      return { kind: "uint", type: scalarTypeOf(view), value: exact(view.getBigUint64(recordOffsets.value, true)) };
    case recordKinds.complex:
      return {
        kind: "complex",
        type: scalarTypeOf(view),
        re: view.getFloat64(recordOffsets.value, true),
        im: view.getFloat64(recordOffsets.value + 8, true),
      };
    case recordKinds.none:
      return { kind: "none" };
    case recordKinds.payload:
      return { kind: "payload", payload: payloadKindOf(view), bytes: payload };
    default:
      throw new RecordError(`Cannot read record: its kind is ${kind}`);
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function scalarTypeOf(view: DataView): ScalarType {
  const code = view.getUint16(recordOffsets.type, true);
  const type = scalarTypes[code];
  if (type === undefined || type === "") throw new RecordError(`Cannot read record: its scalar type is ${code}`);
  return type;
}

function payloadKindOf(view: DataView): PayloadKind {
  const code = view.getUint32(recordOffsets.payloadKind, true);
  for (const kind of ["array", "text", "tree", "bigint"] as const) if (payloadKinds[kind] === code) return kind;
  throw new RecordError(`Cannot read record: its payload kind is ${code}`);
}
