/** Where the plot stands in its canvas. Gutters depend on the canvas's size alone, never on the data, so plots do not jump. */
export type PlotArea = {
  readonly leftCssPx: number;
  readonly topCssPx: number;
  readonly widthCssPx: number;
  readonly heightCssPx: number;
  readonly fontSizeCssPx: number;
  /** False in canvases too small for axes: there the data has all the room. */
  readonly hasAxes: boolean;
};

export function layoutPlot(widthCssPx: number, heightCssPx: number): PlotArea {
  if (widthCssPx < 140 || heightCssPx < 72) return areaWithin(widthCssPx, heightCssPx, [2, 2, 2, 2], 10);
  const isSmall = widthCssPx < 320 || heightCssPx < 170;
  return isSmall
    ? areaWithin(widthCssPx, heightCssPx, [8, 10, 19, 46], 10)
    : areaWithin(widthCssPx, heightCssPx, [10, 14, 24, 56], 11);
}

type Margins = readonly [top: number, right: number, bottom: number, left: number];

function areaWithin(widthCssPx: number, heightCssPx: number, margins: Margins, fontSizeCssPx: number): PlotArea {
  const [top, right, bottom, left] = margins;
  return {
    leftCssPx: left,
    topCssPx: top,
    widthCssPx: Math.max(1, widthCssPx - left - right),
    heightCssPx: Math.max(1, heightCssPx - top - bottom),
    fontSizeCssPx,
    hasAxes: left > 2,
  };
}

/** Whether a position is in the plot itself, not in a gutter. */
export function isInside(area: PlotArea, at: { readonly xCssPx: number; readonly yCssPx: number }): boolean {
  const dx = at.xCssPx - area.leftCssPx;
  const dy = at.yCssPx - area.topCssPx;
  return dx >= 0 && dx <= area.widthCssPx && dy >= 0 && dy <= area.heightCssPx;
}
