import type { ViewPacket } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { isPlane, noSoftAxes, steadyPacket } from "./steady-packet.ts";

const packet = (meta: ViewPacket["head"]["meta"]): ViewPacket => ({
  head: { view: 1, probe: "p1", lens: "l", capture: null, value: null, reduction: null, skipped: 0, meta, columns: [] },
  columns: {},
});

test("the extremes of earlier packets hold for a while; a counted x axis is left alone", () => {
  const [axes] = steadyPacket(noSoftAxes, packet({ yMin: -5, yMax: 5, xMin: 0, xMax: 10, xFrom: 0 }), 0);
  const [, second] = steadyPacket(axes, packet({ yMin: -1, yMax: 1, xMin: 1, xMax: 11, xFrom: 0 }), 16);
  expect(second.head.meta).toMatchObject({ yMin: -5, yMax: 5, xMin: 1, xMax: 11 });
});

test("on a plane both axes are steady", () => {
  const wide = packet({ yMin: -5, yMax: 5, xMin: -4, xMax: 4 });
  expect(isPlane(wide)).toBe(true);
  const [axes] = steadyPacket(noSoftAxes, wide, 0);
  const [, second] = steadyPacket(axes, packet({ yMin: -1, yMax: 1, xMin: -1, xMax: 1 }), 16);
  expect(second.head.meta).toMatchObject({ yMin: -5, yMax: 5, xMin: -4, xMax: 4 });
});

test("a packet without numbers, such as one of NaN alone, is drawn as it is", () => {
  const [axes, drawn] = steadyPacket(noSoftAxes, packet({ yMin: null, yMax: null }), 0);
  expect(axes).toEqual(noSoftAxes);
  expect(drawn.head.meta).toEqual({ yMin: null, yMax: null });
});
