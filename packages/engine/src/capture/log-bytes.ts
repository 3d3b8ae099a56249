/** How much memory captures take. */
import os from "node:os";
import { paddedBytes } from "@pyprobe/protocol";
import { ENTRY_HEADER_BYTES } from "./capture-ring.ts";

const MAX_DEFAULT_BYTES = 1024 ** 3;
const MIN_DEFAULT_BYTES = 256 * 1024 ** 2;

/** An eighth of the machine's memory, between 256 MiB and 1 GiB. */
export function defaultLogBytes(totalBytes = os.totalmem()): number {
  return Math.min(MAX_DEFAULT_BYTES, Math.max(MIN_DEFAULT_BYTES, totalBytes / 8));
}

/** Bytes that a record of this length takes from a log's budget. */
export function entryBytes(recordBytes: number): number {
  return ENTRY_HEADER_BYTES + paddedBytes(recordBytes);
}
