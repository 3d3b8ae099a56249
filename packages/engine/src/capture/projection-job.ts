/** What goes between the event loop and the projection workers. Memory is shared, packets are transferred; nothing is copied. */
import type { ViewRequest } from "@pyprobe/protocol";
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

export type ProjectionRequest = {
  readonly view: number;
  readonly probe: string;
  readonly request: ViewRequest;
  readonly source: CaptureSource;
  readonly skipped: number;
};

export type Job =
  | ({ readonly kind: "project"; readonly id: number } & ProjectionRequest)
  | { readonly kind: "describe"; readonly id: number; readonly source: CaptureSource };

export type JobResult =
  | { readonly kind: "packet"; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "text"; readonly id: number; readonly text: string }
  /** The capture left the log while it was being read. */
  | { readonly kind: "overwritten"; readonly id: number }
  /** Our own code failed. */
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
