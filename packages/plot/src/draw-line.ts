import type { PlotArea } from "./layout.ts";
import type { Scale } from "./scale.ts";
import { crisp, type Surface } from "./surface.ts";

/** Points of one line in drawing order. NaN in `y` breaks it; infinities are marked at the edge of the plot. */
export type PlottedLine = {
  readonly length: number;
  readonly xData: (i: number) => number;
  readonly yData: (i: number) => number;
};

export type LineStyle = {
  readonly color: string;
  readonly dash?: readonly number[];
  /** Holds each value until the next, for values that jump (booleans, states). */
  readonly isStepped?: boolean;
  readonly widthCssPx?: number;
};

/** Samples further apart than this get a dot each: then one sees what was sampled and what is only the line between. */
const DOT_SPACING_CSS_PX = 7;
const DOT_RADIUS_CSS_PX = 2;

/** Draws clipped to the plot area. */
export function drawLine(
  surface: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  line: PlottedLine,
  style: LineStyle,
): void {
  const { canvas } = surface;
  canvas.save();
  canvas.beginPath();
  // A little beyond the plot, so that the dots of the first and the last sample are whole.
  canvas.rect(area.leftCssPx - 3, area.topCssPx - 3, area.widthCssPx + 6, area.heightCssPx + 6);
  canvas.clip();
  canvas.strokeStyle = style.color;
  canvas.fillStyle = style.color;
  canvas.lineWidth = style.widthCssPx ?? 1.5;
  canvas.lineJoin = "bevel";
  canvas.setLineDash([...(style.dash ?? [])]);
  const loose = strokeRuns(surface, scales, line, style.isStepped ?? false);
  canvas.setLineDash([]);
  drawDots(surface, area, scales, line, loose);
  drawInfinityMarks(surface, area, scales, line);
  canvas.restore();
}

/** Strokes every run of finite points; tells which points stand alone, so that they can be drawn as dots. */
function strokeRuns(
  { canvas }: Surface,
  scales: { readonly x: Scale; readonly y: Scale },
  line: PlottedLine,
  isStepped: boolean,
): number[] {
  const alone: number[] = [];
  let runLength = 0;
  let yBefore = 0;
  canvas.beginPath();
  for (let i = 0; i < line.length; i++) {
    const yData = line.yData(i);
    if (!Number.isFinite(yData)) {
      if (runLength === 1) alone.push(i - 1);
      runLength = 0;
      continue;
    }
    const x = scales.x.toPx(line.xData(i));
    const y = scales.y.toPx(yData);
    if (runLength === 0) canvas.moveTo(x, y);
    else {
      if (isStepped) canvas.lineTo(x, yBefore);
      canvas.lineTo(x, y);
    }
    yBefore = y;
    runLength += 1;
  }
  if (runLength === 1) alone.push(line.length - 1);
  canvas.stroke();
  return alone;
}

function drawDots(
  { canvas }: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  line: PlottedLine,
  alone: readonly number[],
): void {
  const isSparse = line.length > 0 && visiblePoints(area, scales.x, line) * DOT_SPACING_CSS_PX <= area.widthCssPx;
  const dots = isSparse ? Array.from({ length: line.length }, (_, i) => i) : alone;
  if (dots.length === 0) return;
  canvas.beginPath();
  for (const i of dots) {
    const yData = line.yData(i);
    if (!Number.isFinite(yData)) continue;
    const x = scales.x.toPx(line.xData(i));
    const y = scales.y.toPx(yData);
    const radius = line.length === 1 ? 2 * DOT_RADIUS_CSS_PX : DOT_RADIUS_CSS_PX;
    canvas.moveTo(x + radius, y);
    canvas.arc(x, y, radius, 0, 2 * Math.PI);
  }
  canvas.fill();
}

function visiblePoints(area: PlotArea, scale: Scale, line: PlottedLine): number {
  let count = 0;
  for (let i = 0; i < line.length; i++) {
    const x = scale.toPx(line.xData(i));
    if (x >= area.leftCssPx && x <= area.leftCssPx + area.widthCssPx) count += 1;
  }
  return count;
}

/** A small triangle at the edge that an infinite value went through, one a pixel column at most. */
function drawInfinityMarks(
  { canvas, devicePixelRatio }: Surface,
  area: PlotArea,
  scales: { readonly x: Scale },
  line: PlottedLine,
): void {
  const size = 4;
  let lastX = -Infinity;
  canvas.beginPath();
  for (let i = 0; i < line.length; i++) {
    const y = line.yData(i);
    if (y !== Infinity && y !== -Infinity) continue;
    const x = crisp(scales.x.toPx(line.xData(i)), devicePixelRatio);
    if (x - lastX < 1) continue;
    lastX = x;
    const edge = y > 0 ? area.topCssPx + 1 : area.topCssPx + area.heightCssPx - 1;
    const base = y > 0 ? edge + 1.5 * size : edge - 1.5 * size;
    canvas.moveTo(x, edge);
    canvas.lineTo(x + size, base);
    canvas.lineTo(x - size, base);
    canvas.closePath();
  }
  canvas.fill();
}
