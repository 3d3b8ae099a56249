import { formatCount } from "@pyprobe/plot";
import type { ViewPacket } from "@pyprobe/protocol";
import { metaNumber } from "../packet-reader.ts";

/** What a line cannot show: how many values are NaN or infinite. */
export function gapNotes(packet: ViewPacket): string[] {
  const count = metaNumber(packet, "count", 0);
  const nan = metaNumber(packet, "nan", 0);
  const infinite = metaNumber(packet, "infinite", 0);
  if (nan > 0 && nan === count) return [count === 1 ? "the value is NaN" : `all ${formatCount(count)} values are NaN`];
  const notes: string[] = [];
  if (nan > 0) notes.push(`${formatCount(nan)} NaN`);
  if (infinite > 0) notes.push(`${formatCount(infinite)} infinite`);
  return notes;
}
