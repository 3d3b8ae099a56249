/**
 * Auto-scale for a stream of packets: each shows its own extremes, and an axis that jumped with every packet could not be read. The
 * measured axes' extremes are replaced by soft ones before the lens draws; its own padding, squares and boolean axes stay its own.
 */
import type { ViewPacket } from "@pyprobe/protocol";
import { type SoftRange, softRange } from "./soft-range.ts";

export type SoftAxes = { readonly x: SoftRange | null; readonly y: SoftRange | null };

export const noSoftAxes: SoftAxes = { x: null, y: null };

/** The axes after this packet, and the packet to draw. */
export function steadyPacket(axes: SoftAxes, packet: ViewPacket, nowMs: number): readonly [SoftAxes, ViewPacket] {
  const { meta } = packet.head;
  const y = soften(axes.y, meta.yMin, meta.yMax, nowMs);
  // On a plane both axes are measured; everywhere else x counts samples, captures or time, and moves on with them.
  const x = isPlane(packet) ? soften(axes.x, meta.xMin, meta.xMax, nowMs) : null;
  const steady = {
    ...meta,
    ...(y === null ? {} : { yMin: y.range[0], yMax: y.range[1] }),
    ...(x === null ? {} : { xMin: x.range[0], xMax: x.range[1] }),
  };
  return [
    { x, y },
    { ...packet, head: { ...packet.head, meta: steady } },
  ];
}

/** True where x is measured like y, so that both zoom together. */
export function isPlane(packet: ViewPacket): boolean {
  return packet.head.meta.xFrom === undefined && typeof packet.head.meta.xMin === "number";
}

function soften(before: SoftRange | null, low: unknown, high: unknown, nowMs: number): SoftRange | null {
  return typeof low === "number" && typeof high === "number" ? softRange(before, [low, high], nowMs) : null;
}
