import { describe, expect, it } from "vitest";
import { paintLevels } from "./draw-density.ts";

describe("paintLevels", () => {
  it("puts the row of the smallest y at the bottom of the picture and looks levels up", () => {
    const pixels = new Uint32Array(6);
    const palette = Uint32Array.from({ length: 256 }, (_, level) => level * 10);
    const grid = { xRange: [0, 1], yRange: [0, 1], columns: 2, rows: 3 } as const;
    paintLevels(pixels, Uint8Array.of(1, 2, 3, 4, 5, 255), grid, palette);
    expect([...pixels]).toEqual([50, 2550, 30, 40, 10, 20]);
  });
});
