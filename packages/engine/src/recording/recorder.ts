/**
 * The event loop's side of one recording: tells the worker how far the log has come and what else happened, one request at a
 * time. What waits here is bounded; captures do not wait here at all.
 */
import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { createDeferred, Emitter } from "@pyprobe/base";
import { CallError } from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import type { CaptureTrack } from "../capture/capture-track.ts";
import { workerFile, workerOptions } from "../worker-file.ts";
import type { RecorderReply, RecorderRequest, RecorderStart, RecordingOp, TrackState } from "./recording-ops.ts";
import { WaitingOps } from "./waiting-ops.ts";

/** Fewer, larger transactions. */
const GAP_MS = 25;
/** How often a disk that was full is tried again. */
const FULL_RETRY_MS = 2_000;

const FULL_DISK = "the disk is full (free some space, and the recording goes on)";

type Asked = {
  readonly tracks: ReadonlyMap<number, TrackState>;
  readonly ops: readonly RecordingOp[];
  readonly isPause: boolean;
};
const nothing: Asked = { tracks: new Map(), ops: [], isPause: false };

type RecorderEvents = {
  /** Captures left the log before the disk could take them. */
  missed: { readonly captures: number };
  /** Output or exceptions did. */
  ops_dropped: undefined;
  /** The disk is full. It is tried again until there is room; captures wait in the log as long as that has room. */
  stalled: { readonly message: string };
  /** There is room again. */
  resumed: undefined;
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
  readonly #retryMs: number;
  readonly #unsubscribe: (() => void)[];
  /** How far each track was told of. What one had dropped before the recording began is not missed by it. */
  readonly #told = new WeakMap<CaptureTrack, number>();
  readonly #ops = new WaitingOps();
  /** What the worker was asked to write last, until it has. */
  #asked: Asked = nothing;
  /** Flushes that wait for the next request, and for the one that is being written. */
  #flushes: (() => void)[] = [];
  #flushesWritten: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isWriting = true;
  #isPauseWanted = false;
  #isStalled = false;
  #state: "opening" | "open" | "closing" | "closed" = "opening";

  private constructor(path: string, log: CaptureLog, retryMs: number) {
    this.path = path;
    this.#log = log;
    this.#retryMs = retryMs;
    for (const track of log.tracks) this.#told.set(track, track.first);
    const start: RecorderStart = { path, ring: log.ring.memory, from: log.ring.tail };
    this.#worker = new Worker(workerFile(import.meta.url, "./recorder-worker.ts"), {
      name: "recorder",
      ...workerOptions,
      workerData: start,
    });
    this.#worker.on("message", (reply: RecorderReply) => this.#replied(reply));
    this.#worker.on("error", ({ message }) => this.#fail(message));
    this.#worker.on("exit", () => this.#fail("its worker ended"));
    this.#unsubscribe = [
      log.changes.on("captures", () => this.#schedule()),
      log.changes.on("moved", () => this.#post({ kind: "moved", ring: log.ring.memory, from: log.ring.tail })),
    ];
  }

  /** Makes the file and begins with what the log still holds. Throws a `CallError` when the file cannot be made. */
  static async open(path: string, log: CaptureLog, options: { retryMs?: number } = {}): Promise<Recorder> {
    const recorder = new Recorder(path, log, options.retryMs ?? FULL_RETRY_MS);
    await recorder.#ready.promise;
    return recorder;
  }

  add(op: RecordingOp): void {
    if (this.#state === "closed") return;
    if (this.#ops.add(op)) this.#schedule();
    else this.events.emit("ops_dropped", undefined);
  }

  /** The run is over: what is in the file by then may be copied. */
  pause(): void {
    this.#isPauseWanted = true;
    this.#schedule();
  }

  /** Resolves when everything so far is in the file, or cannot be by now. */
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
    if (this.#state !== "open" || this.#isWriting) return;
    this.#timer ??= setTimeout(() => this.#write(), this.#isStalled ? this.#retryMs : GAP_MS);
  }

  #write(): void {
    this.#timer = undefined;
    const tracks = this.#changedTracks();
    const ops = this.#ops.take();
    const isPause = this.#isPauseWanted;
    this.#flushesWritten = this.#flushes;
    this.#flushes = [];
    if (tracks.size === 0 && ops.length === 0 && !isPause && this.#flushesWritten.length === 0) {
      if (this.#state === "closing") this.#post({ kind: "close" });
      return;
    }
    this.#asked = { tracks, ops, isPause };
    this.#isPauseWanted = false;
    this.#isWriting = true;
    this.#post({ kind: "write", until: this.#log.ring.head, tracks: [...tracks.values()], ops, isPause });
  }

  /** Those with captures since they were told of, and those that were told of and could not be written. */
  #changedTracks(): Map<number, TrackState> {
    const changed = new Map(this.#asked.tracks);
    for (const track of this.#log.tracks) {
      const told = this.#told.get(track) ?? 0;
      if (told === track.end) continue;
      this.#told.set(track, track.end);
      const { number, probe, pid, run, originNs, end } = track;
      changed.set(number, { number, probe, pid, run, originNs, first: changed.get(number)?.first ?? told, end });
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
      case "full":
        this.#full(reply);
        return;
      case "closed":
        this.#end();
        return;
      case "failed":
        this.#fail(reply.message);
    }
  }

  #full({ hasOps }: { hasOps: boolean }): void {
    this.#isWriting = false;
    if (!hasOps) this.#ops.putBack(this.#asked.ops);
    this.#isPauseWanted ||= this.#asked.isPause;
    for (const resolve of this.#flushesWritten.splice(0)) resolve();
    if (this.#state === "closing") {
      this.events.emit("failed", { message: this.#sentence(reasonOf("ENOSPC", this.path)) });
      this.#post({ kind: "close" });
      return;
    }
    const isNew = !this.#isStalled;
    this.#isStalled = true;
    this.#schedule();
    if (isNew) this.events.emit("stalled", { message: this.#sentence(FULL_DISK) });
  }

  #written(missed: number): void {
    this.#isWriting = false;
    this.#asked = nothing;
    if (this.#isStalled) {
      this.#isStalled = false;
      this.events.emit("resumed", undefined);
    }
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
    if (this.#ops.count > 0 || this.#isPauseWanted || this.#flushes.length > 0) return true;
    for (const track of this.#log.tracks) if ((this.#told.get(track) ?? 0) !== track.end) return true;
    return false;
  }

  #fail(message: string): void {
    if (this.#state === "closed") return;
    const refusal = new CallError("cannot_write", this.#sentence(reasonOf(message, this.path)));
    if (this.#state === "opening") this.#ready.reject(refusal);
    else this.events.emit("failed", { message: refusal.message });
    this.#end();
  }

  #sentence(reason: string): string {
    return `Cannot record to ${this.path}: ${reason}`;
  }

  #end(): void {
    this.#state = "closed";
    clearTimeout(this.#timer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#ops.clear();
    for (const resolve of [...this.#flushesWritten.splice(0), ...this.#flushes.splice(0)]) resolve();
    this.#closed.resolve();
    void this.#worker.terminate();
  }
}

/** The database's words, with the next step where there is one. */
function reasonOf(message: string, path: string): string {
  if (/EEXIST|EISDIR/.test(message) && isFolder(path)) return "it is a folder (name a file in it)";
  if (/EEXIST/.test(message)) return "there is a file of that name (choose another name, or remove it)";
  if (/database or disk is full|ENOSPC/.test(message))
    return "the disk is full; what is in the file so far is complete (free some space, and record again)";
  if (/ENOENT|ENOTDIR/.test(message)) return "its folder does not exist (make it, or choose another)";
  if (/EACCES|EPERM|EROFS|unable to open/.test(message)) return "its folder cannot be written to (choose another)";
  if (/ENAMETOOLONG/.test(message)) return "its name is too long (choose a shorter one)";
  return message;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
