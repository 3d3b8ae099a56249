import {
  type BinGrid,
  countOfLevel,
  drawBox,
  drawMarker,
  formatCount,
  formatFixed,
  formatNumber,
  isInside,
  type PlotArea,
  type PlottedPoints,
  type Scale,
  type Surface,
} from "@pyprobe/plot";
import type { Column } from "@pyprobe/protocol";
import type { PlotFrame, Viewport } from "../lens.ts";

/** What is on screen: either points with the numbers of their samples, or a density picture. */
export type Plane = {
  readonly scales: { readonly x: Scale; readonly y: Scale };
  readonly points: PlottedPoints;
  readonly index: Column;
  readonly indexFrom: number;
  readonly indexStep: number;
  readonly density: { readonly levels: Uint8Array; readonly grid: BinGrid } | undefined;
  readonly maxCount: number;
};

const REACH_CSS_PX = 14;

/** Marks the point under the pointer and tells its parts, power and angle; elsewhere tells where the pointer is. */
export function drawPlaneReadout(
  surface: Surface,
  area: PlotArea,
  plane: Plane,
  pointer: Viewport["pointer"],
): Pick<PlotFrame, "readout" | "isReadoutDrawn"> {
  if (pointer === null || !isInside(area, pointer)) return { readout: null, isReadoutDrawn: false };
  const nearest = findNearestPoint(plane, pointer);
  const i = plane.scales.x.toData(pointer.xCssPx);
  const q = plane.scales.y.toData(pointer.yCssPx);
  if (nearest === undefined) {
    const crowd = plane.density === undefined ? "" : crowdAt(plane.density, plane.maxCount, i, q);
    const where = `I ${formatNumber(i, { digits: 4 })}  Q ${formatNumber(q, { digits: 4 })}`;
    return { readout: `${where}${crowd}`, isReadoutDrawn: false };
  }
  const lines = describePoint(plane, nearest);
  if (area.hasAxes) {
    const at = {
      xCssPx: plane.scales.x.toPx(plane.points.xData(nearest)),
      yCssPx: plane.scales.y.toPx(plane.points.yData(nearest)),
    };
    drawMarker(surface, { ...at, color: surface.colors.series });
    drawBox(
      surface,
      area,
      at,
      lines.map((text) => ({ text })),
    );
  }
  return { readout: lines.join("  "), isReadoutDrawn: area.hasAxes };
}

function describePoint(plane: Plane, nearest: number): string[] {
  const i = plane.points.xData(nearest);
  const q = plane.points.yData(nearest);
  const sample = plane.indexFrom + (plane.index[nearest] ?? 0) * plane.indexStep;
  const power = i * i + q * q;
  const level = power > 0 ? `${formatFixed(10 * Math.log10(power), 2)} dB` : `${formatNumber(-Infinity)} dB`;
  const degrees = (Math.atan2(q, i) * 180) / Math.PI;
  return [
    `[${formatCount(sample)}]`,
    `I ${formatNumber(i)}`,
    `Q ${formatNumber(q)}`,
    `${level}  ${formatFixed(degrees, 1)}°`,
  ];
}

function findNearestPoint(
  plane: Plane,
  pointer: { readonly xCssPx: number; readonly yCssPx: number },
): number | undefined {
  let nearest: number | undefined;
  let best = REACH_CSS_PX ** 2;
  for (let i = 0; i < plane.points.length; i++) {
    const dx = plane.scales.x.toPx(plane.points.xData(i)) - pointer.xCssPx;
    const dy = plane.scales.y.toPx(plane.points.yData(i)) - pointer.yCssPx;
    const distance = dx * dx + dy * dy;
    if (distance < best) {
      best = distance;
      nearest = i;
    }
  }
  return nearest;
}

function crowdAt(
  { levels, grid }: { readonly levels: Uint8Array; readonly grid: BinGrid },
  maxCount: number,
  x: number,
  y: number,
): string {
  const column = Math.floor(((x - grid.xRange[0]) / (grid.xRange[1] - grid.xRange[0])) * grid.columns);
  const row = Math.floor(((y - grid.yRange[0]) / (grid.yRange[1] - grid.yRange[0])) * grid.rows);
  if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return "";
  const count = countOfLevel(levels[row * grid.columns + column] ?? 0, maxCount);
  return count === 0 ? "" : `  about ${formatCount(count)} here`;
}
