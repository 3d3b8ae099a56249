/** Fields of a record in packet form that need care in JavaScript: 64-bit numbers, read without making bigints. */
import { recordOffsets } from "@pyprobe/protocol";

/** The seq of the record that starts at `start`; exact below 2^53. */
export function seqAt(view: DataView, start: number): number {
  return (
    view.getUint32(start + recordOffsets.seq + 4, true) * 2 ** 32 + view.getUint32(start + recordOffsets.seq, true)
  );
}

/** The record's time minus `originNs`, exact although the clock itself may be beyond 2^53. */
export function nsSince(view: DataView, start: number, originNs: bigint): number {
  const high = view.getUint32(start + recordOffsets.time + 4, true) - Number(originNs >> 32n);
  const low = view.getUint32(start + recordOffsets.time, true) - Number(originNs & 0xffffffffn);
  return high * 2 ** 32 + low;
}
