/** What the event loop tells the recording worker. Captures are not among it: the worker reads them from the log's memory. */
import type {
  Limits,
  Output,
  Probe,
  ProbeCounters,
  ProbeId,
  ProgramException,
  SessionInfo,
  SourceSymbols,
  Target,
} from "@pyprobe/protocol";
import type { RingMemory } from "../capture/capture-ring.ts";

export type RecordingOp =
  | { readonly kind: "run"; readonly info: SessionInfo; readonly limits: Limits }
  | { readonly kind: "target"; readonly run: number; readonly target: Target }
  | { readonly kind: "probe"; readonly probe: Probe }
  | { readonly kind: "probe_removed"; readonly probe: ProbeId }
  | { readonly kind: "counters"; readonly run: number; readonly counters: readonly ProbeCounters[] }
  | { readonly kind: "output"; readonly run: number; readonly output: Output }
  | { readonly kind: "exception"; readonly run: number; readonly exception: ProgramException }
  | {
      readonly kind: "source";
      readonly run: number;
      readonly file: string;
      readonly text: string;
      readonly symbols: SourceSymbols;
    };

/** A track as far as it is to be recorded: all of its captures before ordinal `end` stand in the ring before `until`. */
export type TrackState = {
  readonly number: number;
  readonly probe: number;
  readonly pid: number;
  readonly run: number;
  readonly originNs: bigint;
  /** The oldest capture that the recording can have. */
  readonly first: number;
  readonly end: number;
};

export type RecorderRequest =
  | {
      readonly kind: "write";
      readonly until: number;
      readonly tracks: readonly TrackState[];
      readonly ops: readonly RecordingOp[];
      /** Nothing may follow for a while: bring everything from the file's log into the file. */
      readonly isPause: boolean;
    }
  /** The log has other memory from here on. */
  | { readonly kind: "moved"; readonly ring: RingMemory; readonly from: number }
  | { readonly kind: "close" };

export type RecorderReply =
  /** Everything of a request is in the file. `missed`: captures that left the log before they could be written. */
  | { readonly kind: "written"; readonly missed: number }
  /** The disk is full: what was asked for is to be asked again, with the ops unless they are in the file. */
  | { readonly kind: "full"; readonly hasOps: boolean }
  | { readonly kind: "closed" }
  /** Nothing more will be written; what is in the file stays. */
  | { readonly kind: "failed"; readonly message: string };

export type RecorderStart = { readonly path: string; readonly ring: RingMemory; readonly from: number };
