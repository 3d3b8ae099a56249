import { clear, drawMessage, type Surface } from "@pyprobe/plot";
import type { ViewPacket } from "@pyprobe/protocol";
import type { Canvas2d, Viewport } from "./lens.ts";

export function surfaceOf(canvas: Canvas2d, viewport: Viewport): Surface {
  const { widthCssPx, heightCssPx, devicePixelRatio, colors, fontFamily } = viewport;
  return { canvas, widthCssPx, heightCssPx, devicePixelRatio, colors, fontFamily };
}

/** Clears the canvas; false, and the reason is drawn, when the packet has nothing for the lens to draw. */
export function beginDrawing(surface: Surface, packet: ViewPacket): boolean {
  clear(surface);
  const { error, capture } = packet.head;
  if (error !== undefined) drawMessage(surface, error);
  else if (capture === null) drawMessage(surface, "No value yet");
  return error === undefined && capture !== null;
}
