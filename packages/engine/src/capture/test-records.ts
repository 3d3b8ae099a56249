/** For tests: records as an agent writes them. */
import { type ArrayHead, encodeArrayPayload, encodeRecord, type RecordValue } from "@pyprobe/protocol";

export type RecordOptions = {
  readonly probe?: number;
  readonly seq: number;
  readonly timeNs?: bigint;
  readonly thread?: number;
  readonly task?: number;
  readonly call?: number;
  readonly depth?: number;
  readonly hit?: number;
};

export function recordOf(value: RecordValue, options: RecordOptions): Uint8Array {
  const { seq } = options;
  return encodeRecord({
    probe: options.probe ?? 1,
    seq,
    timeNs: options.timeNs ?? BigInt(seq) * 1000n,
    thread: options.thread ?? 77,
    task: options.task ?? 0,
    call: options.call ?? 1,
    depth: options.depth ?? 0,
    hit: options.hit ?? seq,
    value,
  });
}

export function floatRecord(value: number, options: RecordOptions): Uint8Array {
  return recordOf({ kind: "float", type: "float", value }, options);
}

type AnyElements = Exclude<ArrayBufferView, DataView>;

export function arrayValue(elements: AnyElements, head: Partial<ArrayHead> & Pick<ArrayHead, "data">): RecordValue {
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  const whole: ArrayHead = { library: "numpy", dtype: head.data, shape: [], ...head };
  return { kind: "payload", payload: "array", bytes: encodeArrayPayload({ head: whole, elements: bytes }) };
}

export function floatArrayRecord(values: readonly number[], options: RecordOptions): Uint8Array {
  return recordOf(arrayValue(Float64Array.from(values), { data: "float64", shape: [values.length] }), options);
}
