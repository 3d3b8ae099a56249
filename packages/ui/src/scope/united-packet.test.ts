import type { ViewPacket } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { unitedPacket } from "./united-packet.ts";

const packet = (meta: ViewPacket["head"]["meta"]) => ({ head: { meta }, columns: {} }) as unknown as ViewPacket;

test("the axes hold the extremes of all, where there are any", () => {
  const own = packet({ yMin: 0, yMax: 1, xMin: 0, xMax: 9, count: 10 });
  const other = packet({ yMin: -3, yMax: 0.5, xMin: 0, xMax: 99, count: 100 });
  const empty = packet({ yMin: null, yMax: null });
  const { meta } = unitedPacket(own, [other, empty]).head;
  expect(meta).toEqual({ yMin: -3, yMax: 1, xMin: 0, xMax: 99, count: 10 });
  expect(unitedPacket(own, [])).toBe(own);
});
