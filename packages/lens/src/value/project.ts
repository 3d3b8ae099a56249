import type { Projection } from "../lens.ts";

/** The description in the packet's head is all there is to show. */
export function projectValue(): Projection {
  return { columns: {}, meta: {}, reduction: null };
}
