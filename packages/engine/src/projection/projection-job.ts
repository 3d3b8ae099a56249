/** What goes between the event loop and the projection workers. Memory is shared, packets are transferred; nothing is copied. */
import type { ViewRequest } from "@pyprobe/protocol";
import type { CaptureHome, CaptureSource } from "../capture/capture-source.ts";

export type ProjectionRequest = {
  readonly view: number;
  readonly probe: string;
  readonly request: ViewRequest;
  readonly source: CaptureSource;
  readonly skipped: number;
};

export type Job =
  | ({ readonly kind: "project"; readonly id: number } & ProjectionRequest)
  | { readonly kind: "describe"; readonly id: number; readonly source: CaptureSource }
  /** Nothing of these captures will be asked for any more: their memory and files are let go of. Not answered. */
  | { readonly kind: "forget"; readonly home: CaptureHome };

export type JobResult =
  | { readonly kind: "packet"; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "text"; readonly id: number; readonly text: string }
  /** The capture left the log while it was being read. */
  | { readonly kind: "overwritten"; readonly id: number }
  /** Our own code failed. */
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
