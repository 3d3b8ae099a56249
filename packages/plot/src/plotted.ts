/** Points in drawing order, wherever their numbers lie. */
export type PlottedPoints = {
  readonly length: number;
  readonly xData: (i: number) => number;
  readonly yData: (i: number) => number;
};

/** Points of one line, x ascending. NaN in `y` breaks it; infinities are marked at the edge of the plot. */
export type PlottedLine = PlottedPoints;
