/**
 * How high the dock must be so that every scope in it can be read. Groups stand below each other or side by side, to any depth, as the
 * docking library tells it. Pure.
 */

/** A part of the dock: a group, or parts in a row or a column. Sizes run along the parent's direction, in CSS pixels. */
export type DockPart =
  | { readonly type: "leaf"; readonly size?: number; readonly views: readonly string[] }
  | { readonly type: "branch"; readonly size?: number; readonly children: readonly DockPart[] };

export type DockShape = {
  readonly root: DockPart;
  readonly isColumn: boolean;
  readonly widthCssPx: number;
};

/** From this width on a group shows two scopes beside each other; `scopes.css` says the same. */
export const TWO_COLUMNS_CSS_PX = 640;
const THREE_COLUMNS_CSS_PX = 1180;
const TAB_CSS_PX = 30;
const GAP_CSS_PX = 6;
/** The least height of a scope, with the line below it; `scopes.css` says the same. */
const TILE_CSS_PX = 173;

export type CountOf = (group: string) => number;

export function heightOf({ root, isColumn, widthCssPx }: DockShape, countOf: CountOf): number {
  return partHeight(root, { isColumn, widthCssPx, countOf });
}

/** Of one group with so many scopes. */
export function groupHeight(count: number, widthCssPx: number): number {
  return TAB_CSS_PX + rowsOf(count, widthCssPx) * TILE_CSS_PX;
}

export type CountedGroup = { readonly id: string; readonly count: number };

/**
 * Groups in rows: each its own, until they no longer fit. Then groups of one scope share rows, the last ones first, so that what was
 * there before stays where it was as far as it can.
 */
export function packRows<Group extends CountedGroup>(
  groups: readonly Group[],
  { widthCssPx, heightCssPx }: { readonly widthCssPx: number; readonly heightCssPx: number },
): readonly (readonly Group[])[] {
  let rows: readonly (readonly Group[])[] = groups.map((group) => [group]);
  const rowHeight = (row: readonly Group[]) =>
    Math.max(...row.map(({ count }) => groupHeight(count, widthCssPx / row.length)));
  const height = () => rows.reduce((sum, row) => sum + rowHeight(row) + GAP_CSS_PX, -GAP_CSS_PX);
  while (widthCssPx >= TWO_COLUMNS_CSS_PX && height() > heightCssPx) {
    const [first, second] = rows.filter((row) => row.length === 1 && row[0]?.count === 1).slice(-2);
    if (first === undefined || second === undefined) break;
    rows = rows.filter((row) => row !== second).map((row) => (row === first ? [...first, ...second] : row));
  }
  return rows;
}

type Within = { readonly isColumn: boolean; readonly widthCssPx: number; readonly countOf: CountOf };

function partHeight(part: DockPart, within: Within): number {
  if (part.type === "leaf") {
    return Math.max(0, ...part.views.map((view) => groupHeight(within.countOf(view), within.widthCssPx)));
  }
  const heights = part.children.map((child) => {
    const widthCssPx = within.isColumn ? within.widthCssPx : (child.size ?? within.widthCssPx);
    return partHeight(child, { ...within, isColumn: !within.isColumn, widthCssPx });
  });
  if (!within.isColumn) return Math.max(0, ...heights);
  return heights.reduce((sum, height) => sum + height, GAP_CSS_PX * Math.max(0, heights.length - 1));
}

function rowsOf(count: number, widthCssPx: number): number {
  if (widthCssPx < TWO_COLUMNS_CSS_PX) return count;
  const isThree = widthCssPx >= THREE_COLUMNS_CSS_PX && (count === 3 || count >= 5);
  return Math.ceil(count / (isThree ? 3 : 2));
}
