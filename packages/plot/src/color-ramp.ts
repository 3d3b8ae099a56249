import { luminance, type Rgb } from "./color.ts";

/**
 * Cividis (Nuñez, Anderton, Renslow, PLoS ONE 2018) at ten stops: the same to people with and without colour-vision
 * deficiency, and monotonic in lightness.
 */
const CIVIDIS: readonly Rgb[] = [
  [0, 34, 78],
  [26, 56, 111],
  [55, 75, 108],
  [81, 95, 110],
  [107, 114, 118],
  [128, 128, 121],
  [152, 145, 117],
  [184, 169, 104],
  [219, 196, 80],
  [254, 232, 56],
];

/** The end of the ramp that would be lost in the background is cut off: a lone point must be seen. */
const HIDDEN_PART = 0.3;

/** RGBA for the levels 0 to 255, little-endian as canvas image data has it; level 0 is transparent. Dense is far from the background. */
export function densityPalette(background: string): Uint32Array {
  const isDark = luminance(background) < 0.18;
  const palette = new Uint32Array(256);
  for (let level = 1; level < 256; level++) {
    const part = HIDDEN_PART + ((1 - HIDDEN_PART) * (level - 1)) / 254;
    const [r, g, b] = cividisAt(isDark ? part : 1 - part);
    palette[level] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  return palette;
}

/** Thin lines need more contrast than the cells of a picture. */
const HIDDEN_FROM_LINES = 0.45;

/** A colour for a place in an order, 0 to 1: row numbers, depths. Readable on the background. */
export function ordinalColor(part: number, background: string): string {
  const at = HIDDEN_FROM_LINES + (1 - HIDDEN_FROM_LINES) * Math.max(0, Math.min(1, part));
  return `rgb(${cividisAt(luminance(background) < 0.18 ? at : 1 - at).join(", ")})`;
}

function cividisAt(part: number): Rgb {
  const at = part * (CIVIDIS.length - 1);
  const below = CIVIDIS[Math.floor(at)] ?? [0, 0, 0];
  const above = CIVIDIS[Math.ceil(at)] ?? below;
  const mix = at - Math.floor(at);
  return [0, 1, 2].map((i) => Math.round((below[i] ?? 0) * (1 - mix) + (above[i] ?? 0) * mix)) as unknown as Rgb;
}
