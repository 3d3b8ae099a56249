/** Where a worker gets captures from: logs that are being written, and recordings. */
import type { ScalarHistory } from "@pyprobe/lens";
import type { RecordOrigin } from "./capture-json.ts";
import { LogCaptures } from "./log-captures.ts";
import type { CaptureSource } from "./projection-job.ts";

export type ReadCapture = { readonly record: Uint8Array; readonly origin: RecordOrigin };

export class CaptureReader {
  readonly #logs = new LogCaptures();

  /** The record in packet form. Of a log it is a view: what was made of it counts only if `isIntact` afterwards. */
  read(source: CaptureSource): ReadCapture {
    return { record: this.#logs.record(source), origin: source };
  }

  isIntact(source: CaptureSource): boolean {
    return this.#logs.isIntact(source);
  }

  /** The scalars of the probe in that process and run, up to this capture. Valid until the next call. */
  history(source: CaptureSource): ScalarHistory {
    return this.#logs.history(source);
  }

  /** The same for the same capture. */
  keyOf(source: CaptureSource): string {
    return `log ${source.log} ${source.track} ${source.ordinal}`;
  }
}
