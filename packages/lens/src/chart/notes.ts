import { formatCount } from "@pyprobe/plot";
import type { ViewPacket } from "@pyprobe/protocol";
import { metaNumber } from "../packet-reader.ts";

/** What a line cannot show: how many values are NaN or infinite. */
export function gapNotes(packet: ViewPacket): string[] {
  const nan = metaNumber(packet, "nan", 0);
  const infinite = metaNumber(packet, "infinite", 0);
  if (isAllNan(packet)) return [];
  const notes: string[] = [];
  if (nan > 0) notes.push(`${formatCount(nan)} NaN`);
  if (infinite > 0) notes.push(`${formatCount(infinite)} infinite`);
  return notes;
}

/** Why there is no line at all, where that is so. */
export function emptyMessage(packet: ViewPacket): string | null {
  if (!isAllNan(packet)) return null;
  const count = metaNumber(packet, "count", 0);
  return count === 1 ? "The value is NaN" : `All ${formatCount(count)} values are NaN`;
}

function isAllNan(packet: ViewPacket): boolean {
  const nan = metaNumber(packet, "nan", 0);
  return nan > 0 && nan === metaNumber(packet, "count", 0);
}
