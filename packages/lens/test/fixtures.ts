import type { CaptureValue, DataType, ScalarType, ViewPacket, ViewRequest } from "@pyprobe/protocol";
import type { CapturedData, Elements, Lens, LensInput, ScalarHistory, Viewport } from "../src/lens.ts";

export function requestFor(lens: string, changes: Partial<ViewRequest> = {}): ViewRequest {
  return {
    lens,
    widthDevicePx: 400,
    heightDevicePx: 300,
    xRange: null,
    yRange: null,
    at: "live",
    options: {},
    ...changes,
  };
}

export function viewportOf(changes: Partial<Viewport> = {}): Viewport {
  return {
    widthCssPx: 400,
    heightCssPx: 300,
    devicePixelRatio: 1,
    colors: {
      background: "#0E1116",
      grid: "#20262e",
      axis: "#4a5462",
      text: "#aab4c0",
      series: "#fcb10a",
      seriesAlternate: "#4770ff",
    },
    fontFamily: "sans-serif",
    xRange: null,
    yRange: null,
    pointer: null,
    ...changes,
  };
}

const noHistory: ScalarHistory = { tNs: new Float64Array(0), re: new Float64Array(0), im: undefined, earlier: 0 };
const capture = { seq: 1, tNs: 0, tags: { call: 1, hit: 1, depth: 0, thread: 1, task: null, pid: 1 } };

/** An array capture as the engine hands it over: a view on shared memory. */
export function arrayInput(
  elements: Elements,
  head: { data: DataType; shape: number[]; items?: number; step?: number },
): LensInput {
  const shared = sharedCopy(elements);
  const isComplex = head.data.startsWith("complex");
  const data: CapturedData = {
    kind: "array",
    head: { library: "numpy", dtype: head.data, ...head },
    elements: shared,
    isComplex,
  };
  return { capture, data, history: noHistory };
}

function sharedCopy(elements: Elements): Elements {
  const bytes = new Uint8Array(new SharedArrayBuffer(elements.byteLength));
  bytes.set(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
  return Reflect.construct(elements.constructor, [bytes.buffer]);
}

/** Scalar captures one millisecond apart; complex ones as pairs. */
export function historyInput(
  type: ScalarType,
  values: readonly (number | readonly [number, number])[],
  changes: Partial<ScalarHistory> = {},
): LensInput {
  const isComplex = values.some((value) => typeof value !== "number");
  const re = Float64Array.from(values, (value) => (typeof value === "number" ? value : value[0]));
  const im = isComplex ? Float64Array.from(values, (value) => (typeof value === "number" ? 0 : value[1])) : undefined;
  const tNs = Float64Array.from(values, (_, i) => i * 1e6);
  const last = re.length - 1;
  const data: CapturedData = {
    kind: "scalar",
    type,
    re: re[last] ?? 0,
    im: im?.[last] ?? 0,
    isComplex,
    exact: exactText(values.at(-1)),
  };
  return { capture, data, history: { tNs, re, im, earlier: 0, ...changes } };
}

function exactText(value: number | readonly [number, number] | undefined): string {
  return Number.isInteger(value) ? BigInt(Number(value)).toString() : String(value);
}

/** Projects and packs as the engine does, without the trip over the wire. */
export function packetOf(
  lens: Lens,
  input: LensInput,
  { request = requestFor(lens.id), value = null }: { request?: ViewRequest; value?: CaptureValue | null } = {},
): ViewPacket {
  const { columns, meta, reduction } = lens.project(input, request);
  return {
    head: { view: 1, probe: "p1", lens: lens.id, capture, value, reduction, skipped: 0, meta, columns: [] },
    columns,
  };
}
