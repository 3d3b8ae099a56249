import { traceEnvelope } from "./envelope.ts";
import type { PlotArea } from "./layout.ts";
import type { PlottedLine } from "./plotted.ts";
import type { Scale } from "./scale.ts";
import { crisp, type Surface } from "./surface.ts";

export type LineStyle = {
  readonly color: string;
  readonly dash?: readonly number[];
  /** Holds each value until the next, for values that jump (booleans, states). */
  readonly isStepped?: boolean;
};

/** Samples further apart than this get a dot each: then one sees what was sampled and what is only the line between. */
const DOT_SPACING_CSS_PX = 7;
const DOT_RADIUS_CSS_PX = 2;
/** Lines with more points than this in a column of device pixels are drawn as filled columns; wild ones sooner. */
const DENSE_POINTS_PER_COLUMN = 1.5;
const WILD_POINTS_PER_COLUMN = 0.6;
const WILD_STEP_CSS_PX = 8;
const LINE_WIDTH_CSS_PX = 1.5;
/** Long paths that cross themselves are slow to fill: pieces of this length were measured 2 to 6 times faster. */
const POINTS_PER_PATH = 64;

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
  const { visible, meanStepCssPx } = measureLine(area, scales, line);
  const perColumn = visible / (area.widthCssPx * surface.devicePixelRatio);
  const isWild = meanStepCssPx > WILD_STEP_CSS_PX;
  if (perColumn > (isWild ? WILD_POINTS_PER_COLUMN : DENSE_POINTS_PER_COLUMN)) {
    fillColumns(surface, area, scales, line, style.isStepped ?? false);
  } else {
    canvas.lineWidth = LINE_WIDTH_CSS_PX;
    canvas.lineJoin = "bevel";
    canvas.lineCap = style.dash === undefined ? "round" : "butt";
    canvas.setLineDash([...(style.dash ?? [])]);
    const alone = strokeRuns(surface, scales, line, style.isStepped ?? false);
    canvas.setLineDash([]);
    const isSparse = visible > 0 && visible * DOT_SPACING_CSS_PX <= area.widthCssPx;
    drawDots(surface, scales, line, isSparse ? Array.from({ length: line.length }, (_, i) => i) : alone);
  }
  drawInfinityMarks(surface, area, scales, line);
  canvas.restore();
}

/** Each column as a bar on whole device pixels, as thick as the line would be. */
function fillColumns(
  { canvas, devicePixelRatio }: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  line: PlottedLine,
  isStepped: boolean,
): void {
  const { topCssPx, bottomCssPx } = traceEnvelope(line, area, scales, { devicePixelRatio, isStepped });
  const widthDevicePx = Math.max(2, Math.floor(LINE_WIDTH_CSS_PX * devicePixelRatio));
  const left = Math.round(area.leftCssPx * devicePixelRatio) - Math.floor((widthDevicePx - 1) / 2);
  const half = LINE_WIDTH_CSS_PX / 2;
  for (let column = 0; column < topCssPx.length; column++) {
    const top = topCssPx[column] ?? Number.NaN;
    if (Number.isNaN(top)) continue;
    const height = (bottomCssPx[column] ?? top) - top + 2 * half;
    canvas.fillRect((left + column) / devicePixelRatio, top - half, widthDevicePx / devicePixelRatio, height);
  }
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
    if (runLength % POINTS_PER_PATH === 0) {
      canvas.stroke();
      canvas.beginPath();
      canvas.moveTo(x, y);
    }
  }
  if (runLength === 1) alone.push(line.length - 1);
  canvas.stroke();
  return alone;
}

function drawDots(
  { canvas }: Surface,
  scales: { readonly x: Scale; readonly y: Scale },
  line: PlottedLine,
  dots: readonly number[],
): void {
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

/** How many points are in view and how far it is, on average, from one to the next in height. */
function measureLine(
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  line: PlottedLine,
): { readonly visible: number; readonly meanStepCssPx: number } {
  let visible = 0;
  let steps = 0;
  let yBefore = Number.NaN;
  for (let i = 0; i < line.length; i++) {
    const x = scales.x.toPx(line.xData(i));
    if (x < area.leftCssPx || x > area.leftCssPx + area.widthCssPx) continue;
    const y = scales.y.toPx(line.yData(i));
    if (Number.isFinite(y - yBefore)) steps += Math.abs(y - yBefore);
    visible += 1;
    yBefore = y;
  }
  return { visible, meanStepCssPx: steps / Math.max(1, visible - 1) };
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
