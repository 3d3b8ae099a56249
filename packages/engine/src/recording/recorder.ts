/**
 * The event loop's side of one recording: tells the worker how far the log has come and what else happened, one request at a
 * time. What waits here is bounded; captures do not wait here at all.
 */
import { Worker } from "node:worker_threads";
import { createDeferred, Emitter } from "@pyprobe/base";
import { CallError } from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import type { CaptureTrack } from "../capture/capture-track.ts";
import { workerFile, workerOptions } from "../worker-file.ts";
import type { RecorderReply, RecorderRequest, RecorderStart, RecordingOp, TrackState } from "./recording-ops.ts";

/** Fewer, larger transactions. */
const GAP_MS = 25;
const MAX_OUTPUT_CHARACTERS = 16 * 1024 * 1024;

type RecorderEvents = {
  /** Captures left the log before the disk could take them. */
  missed: { readonly captures: number };
  /** Output did. */
  output_dropped: { readonly characters: number };
  /** Nothing more will be written. */
  failed: { readonly message: string };
};

export class Recorder {
  readonly events = new Emitter<RecorderEvents>();
  readonly path: string;
  readonly #log: CaptureLog;
  readonly #worker: Worker;
  readonly #ready = createDeferred<void>();
  readonly #closed = createDeferred<void>();
  readonly #unsubscribe: () => void;
  /** How far each track was told of. What one had dropped before the recording began is not missed by it. */
  readonly #told = new Map<CaptureTrack, { first: number; end: number }>();
  #ops: RecordingOp[] = [];
  /** Flushes that wait for the next request, and for the one that is being written. */
  #flushes: (() => void)[] = [];
  #flushesWritten: (() => void)[] = [];
  #outputCharacters = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = true;
  #isPauseWanted = false;
  #state: "opening" | "open" | "closing" | "closed" = "opening";

  private constructor(path: string, log: CaptureLog) {
    this.path = path;
    this.#log = log;
    for (const track of log.tracks) this.#told.set(track, { first: track.first, end: track.first });
    const start: RecorderStart = { path, ring: log.ring.memory, from: log.ring.tail };
    this.#worker = new Worker(workerFile(import.meta.url, "./recorder-worker.ts"), {
      name: "recorder",
      ...workerOptions,
      workerData: start,
    });
    this.#worker.on("message", (reply: RecorderReply) => this.#replied(reply));
    this.#worker.on("error", ({ message }) => this.#fail(message));
    this.#worker.on("exit", () => this.#fail("its worker ended"));
    this.#unsubscribe = log.changes.on("captures", () => this.#schedule());
  }

  /** Makes the file and begins with what the log still holds. Throws a `CallError` when the file cannot be made. */
  static async open(path: string, log: CaptureLog): Promise<Recorder> {
    const recorder = new Recorder(path, log);
    await recorder.#ready.promise;
    return recorder;
  }

  add(op: RecordingOp): void {
    if (this.#state === "closed") return;
    if (op.kind === "output") {
      this.#outputCharacters += op.output.text.length;
      if (this.#outputCharacters > MAX_OUTPUT_CHARACTERS) {
        this.#outputCharacters -= op.output.text.length;
        this.events.emit("output_dropped", { characters: op.output.text.length });
        return;
      }
    }
    this.#ops.push(op);
    this.#schedule();
  }

  /** The run is over: what is in the file by then may be copied. */
  pause(): void {
    this.#isPauseWanted = true;
    this.#schedule();
  }

  /** Resolves when everything so far is in the file, or nothing more will be. */
  flush(): Promise<void> {
    if (this.#state === "closed") return Promise.resolve();
    const flushed = createDeferred<void>();
    this.#flushes.push(flushed.resolve);
    this.#schedule();
    return flushed.promise;
  }

  /** Writes what is left and leaves one complete file. */
  async close(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "closing";
      clearTimeout(this.#timer);
      if (!this.#isWriting) this.#write();
    }
    await this.#closed.promise;
  }

  #schedule(): void {
    if (this.#state === "open" && !this.#isWriting) this.#timer ??= setTimeout(() => this.#write(), GAP_MS);
  }

  #write(): void {
    this.#timer = undefined;
    const tracks = this.#changedTracks();
    const ops = this.#ops;
    const isPause = this.#isPauseWanted;
    this.#flushesWritten = this.#flushes;
    this.#flushes = [];
    if (tracks.length === 0 && ops.length === 0 && !isPause && this.#flushesWritten.length === 0) {
      if (this.#state === "closing") this.#post({ kind: "close" });
      return;
    }
    this.#ops = [];
    this.#outputCharacters = 0;
    this.#isPauseWanted = false;
    this.#isWriting = true;
    this.#post({ kind: "write", until: this.#log.ring.head, tracks, ops, isPause });
  }

  #changedTracks(): TrackState[] {
    const changed: TrackState[] = [];
    for (const track of this.#log.tracks) {
      const told = this.#told.get(track);
      if ((told?.end ?? 0) === track.end) continue;
      const first = told?.first ?? 0;
      this.#told.set(track, { first, end: track.end });
      const { number, probe, pid, run, originNs, end } = track;
      changed.push({ number, probe, pid, run, originNs, first, end });
    }
    return changed;
  }

  #post(request: RecorderRequest): void {
    this.#worker.postMessage(request);
  }

  #replied(reply: RecorderReply): void {
    switch (reply.kind) {
      case "written":
        this.#written(reply.missed);
        return;
      case "closed":
        this.#end();
        return;
      case "failed":
        this.#fail(reply.message);
    }
  }

  #written(missed: number): void {
    this.#isWriting = false;
    for (const resolve of this.#flushesWritten.splice(0)) resolve();
    if (missed > 0) this.events.emit("missed", { captures: missed });
    if (this.#state === "opening") {
      this.#state = "open";
      this.#ready.resolve();
    }
    if (this.#state === "closing") this.#write();
    else if (this.#hasNews()) this.#schedule();
  }

  #hasNews(): boolean {
    if (this.#ops.length > 0 || this.#isPauseWanted || this.#flushes.length > 0) return true;
    for (const track of this.#log.tracks) if ((this.#told.get(track)?.end ?? 0) !== track.end) return true;
    return false;
  }

  #fail(message: string): void {
    if (this.#state === "closed") return;
    const refusal = new CallError("cannot_write", `Cannot record to ${this.path}: ${reasonOf(message)}`);
    if (this.#state === "opening") this.#ready.reject(refusal);
    else this.events.emit("failed", { message: refusal.message });
    this.#end();
  }

  #end(): void {
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#ops = [];
    for (const resolve of [...this.#flushesWritten.splice(0), ...this.#flushes.splice(0)]) resolve();
    this.#closed.resolve();
    void this.#worker.terminate();
  }
}

/** The database's words, with the next step where there is one. */
function reasonOf(message: string): string {
  if (/EEXIST/.test(message)) return "there is a file of that name (choose another name, or remove it)";
  if (/database or disk is full|ENOSPC/.test(message))
    return "the disk is full; what is in the file so far is complete";
  if (/ENOENT|ENOTDIR/.test(message)) return "its folder does not exist (make it, or choose another)";
  if (/EACCES|EPERM|EROFS|unable to open/.test(message)) return "its folder cannot be written to (choose another)";
  if (/ENAMETOOLONG/.test(message)) return "its name is too long (choose a shorter one)";
  return message;
}
