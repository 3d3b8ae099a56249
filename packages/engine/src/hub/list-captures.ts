import { setImmediate } from "node:timers/promises";
import { type Capture, RecordError } from "@pyprobe/protocol";
import { captureJson } from "../capture/capture-json.ts";
import type { CapturesInRange } from "../capture/captures.ts";

const SLICE_MS = 8;

/** Decodes captures without holding up the event loop; one that cannot be decoded is left out. */
export async function listCaptures(range: CapturesInRange): Promise<Capture[]> {
  const captures: Capture[] = [];
  let untilMs = performance.now() + SLICE_MS;
  for (const { record, origin } of range) {
    try {
      captures.push(captureJson(record, origin));
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
    }
    if (performance.now() < untilMs) continue;
    await setImmediate();
    untilMs = performance.now() + SLICE_MS;
  }
  return captures;
}
