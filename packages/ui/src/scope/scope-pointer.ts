/** The hand on a scope's canvas: wheel zooms at the pointer, drag pans, double-click fits. */
import type { Dispose } from "@pyprobe/base";
import type { ScopeView } from "./scope-view.ts";
import { wheelFactor } from "./zoom.ts";

type Place = { readonly xCssPx: number; readonly yCssPx: number };

export function attachPointer(canvas: HTMLCanvasElement, view: ScopeView): Dispose {
  let dragged: Place | null = null;
  const place = (event: MouseEvent): Place => ({ xCssPx: event.offsetX, yCssPx: event.offsetY });
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ) => {
    canvas.addEventListener(name, listener, { passive: false });
    return () => canvas.removeEventListener(name, listener);
  };
  const stop = [
    on("wheel", (event) => {
      if (event.ctrlKey) return;
      event.preventDefault();
      view.zoom(event.shiftKey ? "y" : "x", wheelFactor(event), place(event));
    }),
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      dragged = place(event);
      canvas.setPointerCapture(event.pointerId);
    }),
    on("pointermove", (event) => {
      const now = place(event);
      view.point(now);
      if (dragged === null) return;
      view.pan({ x: now.xCssPx - dragged.xCssPx, y: now.yCssPx - dragged.yCssPx });
      dragged = now;
    }),
    on("pointerup", () => {
      dragged = null;
    }),
    on("pointercancel", () => {
      dragged = null;
    }),
    on("pointerleave", () => view.point(null)),
    on("dblclick", () => view.fit()),
  ];
  return () => {
    for (const dispose of stop) dispose();
  };
}
