/**
 * A view: one open instance of a lens on one probe, at a size. The engine projects captures to what the view can show and sends the result as
 * a binary view packet; at most `VIEW_WINDOW` are unacknowledged, older unsent ones are replaced and counted in `skipped`.
 *
 * View packet (a whole WebSocket message), little-endian:
 *
 *     0   u32   magic 0x50565750 ("PWVP")
 *     4   u32   bytes of the JSON head
 *     8   JSON head in UTF-8 (viewHeadSchema), zeros to a multiple of 8
 *     …   the columns, in the head's order, each padded with zeros to a multiple of 8
 */
import * as z from "zod";
import { captureTagsSchema, captureValueSchema } from "./value.ts";

export const VIEW_WINDOW = 3;
export const VIEW_MAGIC = 0x50565750;

/** A half-open range on an axis, in data units. */
export const rangeSchema = z.tuple([z.number(), z.number()]);
export type Range = z.infer<typeof rangeSchema>;

/** What a view wants to see. */
export const viewRequestSchema = z.object({
  /** A lens's id, or `auto`: the one that shows such values best; the packet's head says which it was. */
  lens: z.string(),
  /** Device pixels: projections make at most a few numbers for each. */
  widthDevicePx: z.int().min(1).max(16384),
  heightDevicePx: z.int().min(1).max(16384),
  /** The visible part of the x axis, in data units; null: all of it. */
  xRange: rangeSchema.nullable(),
  yRange: rangeSchema.nullable(),
  /** Which capture: the newest, or the newest at or before this seq of this process. */
  at: z.union([z.literal("live"), z.object({ pid: z.int(), seq: z.int() })]),
  /** The lens's own settings. */
  options: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});
export type ViewRequest = z.infer<typeof viewRequestSchema>;

export const columnTypes = { f32: 4, f64: 8, u8: 1, u32: 4 } as const;
export type ColumnType = keyof typeof columnTypes;
export type Column = Float32Array | Float64Array | Uint8Array | Uint32Array;

/** Which capture a projection shows. */
export const captureRefSchema = z.object({
  seq: z.number(),
  tNs: z.number(),
  tags: captureTagsSchema,
});
export type CaptureRef = z.infer<typeof captureRefSchema>;

/** Said in the badge of every view: what is drawn of what there is. `null` when every number is drawn. */
export const reductionSchema = z.object({
  /** `min_max`: each pixel column shows its extremes; `density`: points are binned; `stride`: only every n-th element was captured; `tail`: the newest; `rows`: the first curves of many. */
  kind: z.enum(["min_max", "density", "stride", "tail", "rows"]),
  from: z.number(),
  to: z.number(),
});
export type Reduction = z.infer<typeof reductionSchema>;

export const viewHeadSchema = z.object({
  view: z.int(),
  probe: z.string(),
  lens: z.string(),
  /** Null while the probe has no capture. */
  capture: captureRefSchema.nullable(),
  /** The description of the captured value; of arrays with `stats` only where the lens shows them. */
  value: captureValueSchema.nullable(),
  reduction: reductionSchema.nullable(),
  /** Captures that were not shown in this view since its last packet. */
  skipped: z.number(),
  /** The lens's own scalars: axis ranges, units, counts. */
  meta: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  columns: z.array(z.object({ name: z.string(), type: z.enum(["f32", "f64", "u8", "u32"]), length: z.int() })),
  /** Present instead of columns when the lens threw. */
  error: z.string().optional(),
});
export type ViewHead = z.infer<typeof viewHeadSchema>;

/** A projection on its way: the head and the columns by name. */
export type ViewPacket = { readonly head: ViewHead; readonly columns: Readonly<Record<string, Column>> };

export class ViewPacketError extends Error {
  override readonly name = "ViewPacketError";
}

export function encodeViewPacket(
  head: Omit<ViewHead, "columns">,
  columns: Readonly<Record<string, Column>>,
): Uint8Array<ArrayBuffer> {
  const list = Object.entries(columns);
  const whole: ViewHead = {
    ...head,
    columns: list.map(([name, column]) => ({ name, type: columnTypeOf(column), length: column.length })),
  };
  const json = new TextEncoder().encode(JSON.stringify(whole));
  const dataStart = padTo8(8 + json.length);
  const size = list.reduce((sum, [, column]) => sum + padTo8(column.byteLength), dataStart);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, VIEW_MAGIC, true);
  view.setUint32(4, json.length, true);
  bytes.set(json, 8);
  let offset = dataStart;
  for (const [, column] of list) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += padTo8(column.byteLength);
  }
  return bytes;
}

/** The columns are views on `buffer`, not copies. */
export function decodeViewPacket(buffer: ArrayBuffer): ViewPacket {
  if (buffer.byteLength < 8) throw new ViewPacketError("Cannot read view packet: it is shorter than its header");
  const view = new DataView(buffer);
  const jsonBytes = view.getUint32(4, true);
  if (view.getUint32(0, true) !== VIEW_MAGIC || 8 + jsonBytes > buffer.byteLength) {
    throw new ViewPacketError("Cannot read view packet: its header is not one of ours");
  }
  const head = parseHead(new Uint8Array(buffer, 8, jsonBytes));
  const columns: Record<string, Column> = {};
  let offset = padTo8(8 + jsonBytes);
  for (const { name, type, length } of head.columns) {
    const size = columnTypes[type] * length;
    if (!(size >= 0 && offset + size <= buffer.byteLength))
      throw new ViewPacketError(`Cannot read view packet: column ${name} is cut off`);
    columns[name] = columnOf(type, buffer, offset, length);
    offset += padTo8(size);
  }
  return { head, columns };
}

/** The engine that wrote the head is of this very version, so only what reading the columns relies on is looked at. */
function parseHead(utf8: Uint8Array): ViewHead {
  let head: ViewHead;
  try {
    head = JSON.parse(new TextDecoder().decode(utf8));
  } catch (cause) {
    throw new ViewPacketError("Cannot read view packet: its head is not JSON", { cause });
  }
  const isWhole =
    Array.isArray(head?.columns) &&
    head.columns.every((column) => Object.hasOwn(columnTypes, column?.type) && Number.isSafeInteger(column.length));
  if (!isWhole) throw new ViewPacketError("Cannot read view packet: its head does not list its columns");
  return head;
}

function padTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function columnTypeOf(column: Column): ColumnType {
  if (column instanceof Float32Array) return "f32";
  if (column instanceof Float64Array) return "f64";
  if (column instanceof Uint32Array) return "u32";
  return "u8";
}

function columnOf(type: ColumnType, buffer: ArrayBuffer, offset: number, length: number): Column {
  switch (type) {
    case "f32":
      return new Float32Array(buffer, offset, length);
    case "f64":
      return new Float64Array(buffer, offset, length);
    case "u32":
      return new Uint32Array(buffer, offset, length);
    case "u8":
      return new Uint8Array(buffer, offset, length);
  }
}
