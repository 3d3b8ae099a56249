import type { ViewPacket } from "@pyprobe/protocol";
import type { Viewport } from "../lens.ts";
import type { ChartLine } from "./draw-line-chart.ts";

/** The lines of a packet, and of those that are laid over it: then each is called by the name of its series. */
export function linesWithOverlays(
  packet: ViewPacket,
  viewport: Viewport,
  linesOf: (packet: ViewPacket, viewport: Viewport) => readonly ChartLine[],
): readonly ChartLine[] {
  const { overlays, colors } = viewport;
  const own = linesOf(packet, viewport);
  if (overlays === undefined || overlays.others.length === 0) return own;
  const others = overlays.others.flatMap(({ packet: other, label, color, colorAlternate }) => {
    const look = { ...viewport, colors: { ...colors, series: color, seriesAlternate: colorAlternate } };
    return named(linesOf(other, look), label);
  });
  return [...named(own, overlays.label), ...others];
}

function named(lines: readonly ChartLine[], name: string): readonly ChartLine[] {
  return lines.map((line) => ({ ...line, label: lines.length === 1 ? name : `${name} ${line.label}`.trimEnd() }));
}
