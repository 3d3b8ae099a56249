/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa` and `rgb(…)`/`rgba(…)`; undefined for other notations. */
export function parseColor(css: string): Rgb | undefined {
  const hex = /^#([\da-f]{3,8})$/i.exec(css.trim())?.[1];
  if (hex !== undefined) {
    const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const parts = /^rgba?\(([^)]*)\)$/i
    .exec(css.trim())?.[1]
    ?.split(/[\s,/]+/)
    .filter((part) => part !== "");
  const [r, g, b] = (parts ?? []).map(Number);
  return r === undefined || g === undefined || b === undefined || Number.isNaN(r + g + b) ? undefined : [r, g, b];
}

/** Relative luminance as WCAG 2 defines it, 0 to 1; 0 for unknown notations. */
export function luminance(css: string): number {
  const [r, g, b] = (parseColor(css) ?? [0, 0, 0]).map((byte) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
