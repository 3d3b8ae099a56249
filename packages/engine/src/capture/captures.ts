/**
 * What the hub asks of a session's captures, wherever they are: in a log that is being written or in a recording. Both pass
 * one contract suite.
 */
import type { ProbeId } from "@pyprobe/protocol";
import type { RecordOrigin } from "./capture-json.ts";
import type { CaptureHome, CaptureSource } from "./capture-source.ts";

export type FoundCapture = {
  readonly run: number;
  readonly pid: number;
  readonly seq: number;
  /** Since the run began. */
  readonly tNs: number;
  /** How many captures the probe had made in that run when this one was found, over all processes. */
  readonly arrivals: number;
  /** For a projection worker. */
  readonly source: CaptureSource;
};

export type Captures = {
  readonly home: CaptureHome;
  /** The newest of the newest run; of this process where one is given. */
  findNewest(probe: ProbeId, options?: { pid?: number | undefined }): FoundCapture | undefined;
  /** The newest at or before this seq of that process. */
  findAtOrBefore(probe: ProbeId, at: { pid: number; seq: number }): FoundCapture | undefined;
  /** Oldest first, of the newest run that has such captures; `after` is a seq, `pid` the first process when left out. */
  range(probe: ProbeId, options: { pid?: number | undefined; after: number; limit: number }): CapturesInRange;
  /** The record in packet form, a copy. Undefined when it was dropped since, or is longer than wanted. */
  read(found: FoundCapture, options?: { maxBytes?: number }): ReadCapture | undefined;
};

export type ReadCapture = { readonly record: Uint8Array; readonly origin: RecordOrigin };
/** Read one after another as they are asked for; what is dropped meanwhile is left out. */
export type CapturesInRange = Iterable<ReadCapture>;
