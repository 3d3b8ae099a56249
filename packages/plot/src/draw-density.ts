import type { BinGrid } from "./bin-points.ts";
import { densityPalette } from "./color-ramp.ts";
import type { PlotArea } from "./layout.ts";
import type { Scale } from "./scale.ts";
import type { Canvas2d, Surface } from "./surface.ts";

/** The picture last made for a canvas: pointer moves redraw it, only new levels or another theme repaint it. */
type Picture = { readonly bitmap: OffscreenCanvas; levels: Uint8Array; background: string };
const pictures = new WeakMap<Canvas2d, Picture>();

/** Draws levels of 0 to 255 (`logLevels`), row 0 lowest, where their grid lies on the axes. */
export function drawDensity(
  surface: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  { levels, grid }: { readonly levels: Uint8Array; readonly grid: BinGrid },
): void {
  const { canvas } = surface;
  const bitmap = pictureOf(surface, levels, grid);
  const left = scales.x.toPx(grid.xRange[0]);
  const top = scales.y.toPx(grid.yRange[1]);
  const width = scales.x.toPx(grid.xRange[1]) - left;
  const height = scales.y.toPx(grid.yRange[0]) - top;
  canvas.save();
  canvas.beginPath();
  canvas.rect(area.leftCssPx, area.topCssPx, area.widthCssPx, area.heightCssPx);
  canvas.clip();
  canvas.imageSmoothingEnabled = false;
  canvas.drawImage(bitmap, 0, 0, grid.columns, grid.rows, left, top, width, height);
  canvas.restore();
}

function pictureOf(surface: Surface, levels: Uint8Array, grid: BinGrid): OffscreenCanvas {
  const { background } = surface.colors;
  const known = pictures.get(surface.canvas);
  if (known !== undefined && known.levels === levels && known.background === background) return known.bitmap;
  const bitmap = known?.bitmap ?? new OffscreenCanvas(grid.columns, grid.rows);
  if (bitmap.width !== grid.columns || bitmap.height !== grid.rows) {
    bitmap.width = grid.columns;
    bitmap.height = grid.rows;
  }
  const context = bitmap.getContext("2d");
  if (context === null) throw new Error("Cannot draw density: the browser gave no canvas context");
  const image = context.createImageData(grid.columns, grid.rows);
  paintLevels(new Uint32Array(image.data.buffer), levels, grid, densityPalette(background));
  context.putImageData(image, 0, 0);
  pictures.set(surface.canvas, { bitmap, levels, background });
  return bitmap;
}

/** Image rows go downwards, grid rows upwards. */
export function paintLevels(pixels: Uint32Array, levels: Uint8Array, grid: BinGrid, palette: Uint32Array): void {
  for (let row = 0; row < grid.rows; row++) {
    const from = row * grid.columns;
    const to = (grid.rows - 1 - row) * grid.columns;
    for (let column = 0; column < grid.columns; column++) {
      pixels[to + column] = palette[levels[from + column] as number] as number;
    }
  }
}
