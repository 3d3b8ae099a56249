/** Where captures are, for whoever reads them on another thread. */
import type { RingMemory } from "./capture-ring.ts";
import type { PlacesMemory } from "./capture-track.ts";

/** A capture in a log that is being written. */
export type LogCapture = {
  readonly kind: "log";
  /** Unique in this engine. */
  readonly log: number;
  readonly ring: RingMemory;
  readonly track: number;
  readonly places: PlacesMemory;
  readonly pid: number;
  readonly originNs: bigint;
  /** The oldest capture of the track that was kept when the job was made. */
  readonly first: number;
  readonly ordinal: number;
  /** Of the capture in the ring. */
  readonly place: number;
};

/** A capture in a recording. */
export type RecordedCapture = {
  readonly kind: "recording";
  readonly path: string;
  readonly run: number;
  readonly pid: number;
  readonly probe: number;
  readonly seq: number;
};

export type CaptureSource = LogCapture | RecordedCapture;

/** All captures of a log, or of a recording's file. */
export type CaptureHome =
  | { readonly kind: "log"; readonly log: number }
  | { readonly kind: "recording"; readonly path: string };
