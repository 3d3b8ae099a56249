import { describe, expect, it } from "vitest";
import { luminance, parseColor } from "./color.ts";
import { densityPalette, ordinalColor } from "./color-ramp.ts";

describe("colours", () => {
  it.each([
    ["#0E1116", [14, 17, 22]],
    ["#fff", [255, 255, 255]],
    ["#11223344", [17, 34, 51]],
    ["rgb(1, 2, 3)", [1, 2, 3]],
    ["rgba(1 2 3 / 0.5)", [1, 2, 3]],
    ["rebeccapurple", undefined],
  ])("reads %s", (css, rgb) => {
    expect(parseColor(css)).toEqual(rgb);
  });

  it("has a ramp that is seen on its background at every level", () => {
    for (const background of ["#0E1116", "#FBFBFA", "#000000"]) {
      const ground = luminance(background);
      const palette = densityPalette(background);
      expect(palette[0]).toBe(0);
      for (let level = 1; level < 256; level++) {
        const pixel = palette[level] ?? 0;
        const light = luminance(`rgb(${pixel & 255}, ${(pixel >> 8) & 255}, ${(pixel >> 16) & 255})`);
        const contrast = (Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05);
        expect(contrast).toBeGreaterThan(1.9);
      }
    }
  });

  it("gives lines in order colours with at least the contrast of graphics, 3 to 1", () => {
    for (const background of ["#0E1116", "#FBFBFA"]) {
      for (let row = 0; row < 8; row++) {
        const light = luminance(ordinalColor(row / 7, background));
        const ground = luminance(background);
        expect((Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05)).toBeGreaterThan(3);
      }
    }
  });
});
