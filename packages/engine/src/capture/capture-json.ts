/** A capture record, in packet form, as the JSON that clients get: `Capture` and its `CaptureValue`. */
import type { CapturedData, Elements } from "@pyprobe/lens";
import {
  type ArrayHead,
  type ArrayStats,
  type Capture,
  type CaptureRef,
  type CaptureTags,
  type CaptureValue,
  type JsonNumber,
  type JsonScalar,
  probeIdOf,
  recordOffsets,
} from "@pyprobe/protocol";
import { nsSince, seqAt } from "./capture-record-fields.ts";
import { capturedData } from "./captured-data.ts";
import { type ElementStats, elementStats } from "./element-stats.ts";

const HEAD_ITEMS = 32;
const NOT_A_TIME = -(2n ** 63n);

/** Where a record comes from: what the record itself does not carry. */
export type RecordOrigin = { readonly pid: number; readonly originNs: bigint };

export function captureJson(record: Uint8Array, origin: RecordOrigin): Capture {
  const { seq, tNs, tags } = captureRef(record, origin);
  const probe = new DataView(record.buffer, record.byteOffset).getUint16(recordOffsets.probe, true);
  return { probe: probeIdOf(probe), seq, t_ns: tNs, tags, value: describe(capturedData(record)).value };
}

export function captureRef(record: Uint8Array, origin: RecordOrigin): CaptureRef {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const task = view.getUint32(recordOffsets.task, true);
  const tags: CaptureTags = {
    call: view.getUint32(recordOffsets.call, true),
    hit: view.getUint32(recordOffsets.hit, true),
    depth: view.getUint16(recordOffsets.depth, true),
    thread: view.getUint32(recordOffsets.thread, true),
    task: task === 0 ? null : task,
    pid: origin.pid,
  };
  return { seq: seqAt(view, 0), tNs: nsSince(view, 0, origin.originNs), tags };
}

/** A value's description, and the statistics it was made with where it is an array. */
export type Description = { readonly value: CaptureValue; readonly stats?: ElementStats };

export function describe(data: CapturedData): Description {
  switch (data.kind) {
    case "described":
      return { value: data.value };
    case "scalar":
      return { value: { kind: "scalar", type: data.type, value: scalarJson(data) } };
    case "array": {
      const { head, elements, isComplex } = data;
      const stats = elementStats(elements, { isComplex, notATime: isTime(head) });
      return { value: arrayValue(data, stats), stats };
    }
  }
}

/** The same without an array's statistics: takes no longer for a large one than for a small one. */
export function outline(data: CapturedData): CaptureValue {
  return data.kind === "array" ? arrayValue(data, undefined) : describe(data).value;
}

function arrayValue(array: CapturedData & { kind: "array" }, stats: ElementStats | undefined): CaptureValue {
  const { library, dtype, shape, step } = array.head;
  return {
    kind: "array",
    library,
    dtype,
    shape,
    ...(stats !== undefined && { stats: statsJson(stats, array.isComplex) }),
    head: headJson(array.head, array.elements),
    ...(step !== undefined && step > 1 && { step }),
  };
}

function scalarJson(data: CapturedData & { kind: "scalar" }): JsonScalar {
  if (data.isComplex) return { re: numberJson(data.re), im: numberJson(data.im) };
  if (data.type === "bool") return data.re !== 0;
  if (isIntegerType(data.type)) return Number.isSafeInteger(data.re) ? data.re : data.exact;
  return numberJson(data.re);
}

/** Its elements are int64, of which the smallest stands for "not a time". */
function isTime({ dtype }: ArrayHead): boolean {
  return /^[<>=]?(datetime64|timedelta64|M8|m8)/.test(dtype);
}

function isIntegerType(type: string): boolean {
  return type.startsWith("int") || type.startsWith("uint");
}

function statsJson(stats: ElementStats, isComplex: boolean): ArrayStats {
  const odd = { nan: stats.nan, ...(stats.infinite > 0 && { infinite: stats.infinite }) };
  if (stats.finite === 0) return { min: null, max: null, mean: null, ...odd };
  const mean = isComplex ? { re: numberJson(stats.mean), im: numberJson(stats.meanIm) } : numberJson(stats.mean);
  return { min: numberJson(stats.min), max: numberJson(stats.max), mean, ...odd };
}

function headJson(head: ArrayHead, elements: Elements): JsonScalar[] {
  const { data } = head;
  if (data === "complex64" || data === "complex128") {
    const pairs = Array.from(elements.subarray(0, 2 * HEAD_ITEMS), Number);
    return Array.from({ length: Math.floor(pairs.length / 2) }, (_, i) => ({
      re: numberJson(pairs[2 * i] ?? 0),
      im: numberJson(pairs[2 * i + 1] ?? 0),
    }));
  }
  const items = [...(elements.subarray(0, HEAD_ITEMS) as Iterable<number | bigint>)];
  if (data === "bool") return items.map((item) => item !== 0);
  return items.map((item) => (item === NOT_A_TIME && isTime(head) ? "NaT" : numberJson(item)));
}

/** Ints beyond 2^53 and non-finite floats as strings. */
export function numberJson(value: number | bigint): JsonNumber {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
