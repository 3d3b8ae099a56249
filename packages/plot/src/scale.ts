/** A closed range on an axis, in data units; the first is the smaller. */
export type DataRange = readonly [number, number];

/** Maps data to CSS pixels, linearly. `fromCssPx` may be larger than `toCssPx`: y grows upwards. */
export type Scale = {
  readonly range: DataRange;
  readonly fromCssPx: number;
  readonly toCssPx: number;
  readonly toPx: (data: number) => number;
  readonly toData: (cssPx: number) => number;
};

/** Canvas coordinates are 32-bit floats: beyond this they would overflow, and nobody sees the difference. */
const FAR_CSS_PX = 1e6;

export function createScale(range: DataRange, fromCssPx: number, toCssPx: number): Scale {
  const [low, high] = range;
  // Halves, because the range of huge numbers is wider than the largest double.
  const halfSpan = high / 2 - low / 2;
  const lengthCssPx = toCssPx - fromCssPx;
  return {
    range,
    fromCssPx,
    toCssPx,
    toPx: (data) => {
      const px = fromCssPx + ((data / 2 - low / 2) / halfSpan) * lengthCssPx;
      return px > FAR_CSS_PX ? FAR_CSS_PX : px < -FAR_CSS_PX ? -FAR_CSS_PX : px;
    },
    toData: (cssPx) => {
      const part = lengthCssPx === 0 ? 0 : (cssPx - fromCssPx) / lengthCssPx;
      return low * (1 - part) + high * part;
    },
  };
}

/** The range an axis shows for data between `min` and `max`: some air above and below; something sensible around a constant or nothing. */
export function padRange(min: number, max: number, options: { readonly part?: number } = {}): DataRange {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) return [-1, 1];
  if (isNarrow(min, max)) {
    const around = Math.max(Math.abs(min), Math.abs(max)) * 0.1;
    return widened(min, max, around > 1e-300 ? around : 1);
  }
  return widened(min, max, (max / 2 - min / 2) * 2 * (options.part ?? 0.06));
}

/** True where doubles cannot resolve the range well enough for axis steps. */
export function isNarrow(min: number, max: number): boolean {
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  return max - min <= magnitude * 1e-14 || max - min < 1e-300;
}

function widened(min: number, max: number, by: number): DataRange {
  return [Math.max(-Number.MAX_VALUE, min - by), Math.min(Number.MAX_VALUE, max + by)];
}
