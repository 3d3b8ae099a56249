/** The first capture at or after a time. `tNs` ascends. */
export function findTime(tNs: Float64Array, atNs: number, from = 0, to = tNs.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tNs[middle] ?? Infinity) < atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which capture starts each of `columnCount` equally long columns of time between the captures `from` and `to`. */
export function columnEdges(
  tNs: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
  columnCount: number,
): Uint32Array {
  const edges = new Uint32Array(columnCount + 1);
  const start = tNs[from] ?? 0;
  const width = ((tNs[to - 1] ?? start) - start) / columnCount;
  let at = from;
  edges[0] = from;
  for (let column = 1; column < columnCount; column++) {
    at = findTime(tNs, start + column * width, at, to);
    edges[column] = at;
  }
  edges[columnCount] = to;
  return edges;
}
