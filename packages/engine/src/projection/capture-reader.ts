/** Where a worker gets captures from: logs that are being written, and recordings. */

import { assertNever } from "@pyprobe/base";
import type { ScalarHistory } from "@pyprobe/lens";
import type { ExtremesFinder } from "@pyprobe/plot";
import type { CaptureHome, CaptureSource } from "../capture/capture-source.ts";
import type { ReadCapture } from "../capture/captures.ts";
import { RecordingReader } from "../recording/recording-reader.ts";
import { LogCaptures } from "./log-captures.ts";

export class CaptureReader {
  readonly #logs = new LogCaptures();
  readonly #recordings = new RecordingReader();

  /** The record in packet form. Of a log it is a view: what was made of it counts only if `isIntact` afterwards. */
  read(source: CaptureSource): ReadCapture {
    switch (source.kind) {
      case "log":
        return { record: this.#logs.record(source), origin: source };
      case "recording":
        return { record: this.#recordings.record(source), origin: { pid: source.pid, originNs: 0n } };
      default:
        return assertNever(source);
    }
  }

  /** A fast way to find extremes among the elements of a capture, where there is one. */
  finder(source: CaptureSource, elements: unknown): ExtremesFinder | undefined {
    return source.kind === "log" ? this.#logs.finder(source, elements) : undefined;
  }

  isIntact(source: CaptureSource): boolean {
    return source.kind === "recording" || this.#logs.isIntact(source);
  }

  /** The scalars of the probe in that process and run, up to this capture. Valid until the next call. */
  history(source: CaptureSource): ScalarHistory {
    return source.kind === "log" ? this.#logs.history(source) : this.#recordings.history(source);
  }

  /** What is held of these captures is let go of. */
  forget(home: CaptureHome): void {
    switch (home.kind) {
      case "log":
        this.#logs.forget(home.log);
        return;
      case "recording":
        this.#recordings.forget(home.path);
        return;
      default:
        assertNever(home);
    }
  }

  /** The same for the same capture. */
  keyOf(source: CaptureSource): string {
    return source.kind === "log"
      ? `log ${source.log} ${source.track} ${source.ordinal}`
      : `recording ${source.path} ${source.run} ${source.pid} ${source.probe} ${source.seq}`;
  }
}
