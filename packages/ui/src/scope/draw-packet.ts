import { findLens, type PlotFrame, type Viewport } from "@pyprobe/lens";
import type { ViewPacket } from "@pyprobe/protocol";

export type DrawOptions = Pick<
  Viewport,
  "colors" | "fontFamily" | "xRange" | "yRange" | "pointer" | "overlays" | "trail"
> & {
  readonly sizeCssPx: { readonly width: number; readonly height: number };
};

/** Fits the canvas to the device's pixels and lets the packet's lens draw. Gives where the axes are, or null. */
export function drawPacket(canvas: HTMLCanvasElement, packet: ViewPacket, options: DrawOptions): PlotFrame | null {
  const lens = findLens(packet.head.lens);
  if (lens === undefined) throw new Error(`Cannot draw: this page has no lens "${packet.head.lens}" (reload it)`);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("Cannot draw: the browser gives no 2-D canvas");
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = options.sizeCssPx;
  fitCanvas(canvas, Math.round(width * ratio), Math.round(height * ratio));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  if (packet.head.error !== undefined || packet.head.capture === null) return null;
  return lens.draw(context, packet, {
    widthCssPx: width,
    heightCssPx: height,
    devicePixelRatio: ratio,
    colors: options.colors,
    fontFamily: options.fontFamily,
    xRange: options.xRange,
    yRange: options.yRange,
    pointer: options.pointer,
    ...(options.overlays && { overlays: options.overlays }),
    ...(options.trail && { trail: options.trail }),
  });
}

/** As many as the engine is asked to draw for. */
export function devicePx(cssPx: number): number {
  return Math.min(16384, Math.max(1, Math.round(cssPx * (window.devicePixelRatio || 1))));
}

/** Setting a canvas's size clears it, so only when it is another. */
function fitCanvas(canvas: HTMLCanvasElement, widthDevicePx: number, heightDevicePx: number): void {
  if (canvas.width !== widthDevicePx) canvas.width = widthDevicePx;
  if (canvas.height !== heightDevicePx) canvas.height = heightDevicePx;
}
