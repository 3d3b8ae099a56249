/**
 * The recording worker: walks the log's memory from where it stood last to where the event loop says, and writes what it finds.
 * The log itself is the buffer: when the disk is slow, captures that leave the log unwritten are counted, and memory stays as it is.
 */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { assertNever } from "@pyprobe/base";
import { RecordError } from "@pyprobe/protocol";
import { RingReader } from "../capture/capture-ring.ts";
import { rowOf } from "./capture-row.ts";
import type { RecorderReply, RecorderRequest, RecorderStart, TrackState } from "./recording-ops.ts";
import { RecordingWriter } from "./recording-writer.ts";

/** Of one transaction. */
type Bounds = { readonly captures: number; readonly bytes: number };
const WIDEST: Bounds = { captures: 20_000, bytes: 64 * 1024 * 1024 };

/** A disk with less than this is a full one, whatever the database calls it. */
const NO_ROOM_BYTES = 256 * 1024;
const SQLITE_FULL = 13;
const SQLITE_IOERR = 10;

type Track = TrackState & { written: number };
/** What a batch found: nothing of it counts before it is in the file. */
type Batch = { place: number; captures: number; bytes: number; readonly written: Map<Track, number> };

class FullDiskError extends Error {
  readonly hasOps: boolean;
  constructor(hasOps: boolean) {
    super("the disk is full");
    this.hasOps = hasOps;
  }
}

class RecorderWorker {
  readonly #path: string;
  #ring: RingReader;
  readonly #writer: RecordingWriter;
  /** Of the request that is being written, until all of it is in the file. */
  readonly #tracks = new Map<number, Track>();
  #place: number;

  constructor({ path, ring, from }: RecorderStart) {
    this.#path = path;
    this.#ring = new RingReader(ring);
    this.#place = from;
    this.#writer = new RecordingWriter(path);
  }

  moved({ ring, from }: RecorderRequest & { kind: "moved" }): void {
    this.#ring = new RingReader(ring);
    this.#place = from;
  }

  /** Returns how many captures were missed. Throws a `FullDiskError`; the same may then be asked again, with what came since. */
  write({ until, tracks, ops, isPause }: RecorderRequest & { kind: "write" }): number {
    for (const track of tracks) {
      const known = this.#tracks.get(track.number);
      this.#tracks.set(track.number, { ...track, written: known?.written ?? track.first });
    }
    this.#transaction(false, () => {
      for (const op of ops) this.#writer.apply(op);
    });
    this.#writeBatches(until);
    const missed = this.#countMissed();
    this.#tracks.clear();
    if (isPause) this.#writer.settle();
    return missed;
  }

  close(): void {
    this.#writer.close();
  }

  #transaction(hasOps: boolean, write: () => void): void {
    try {
      this.#writer.transaction(write);
    } catch (error) {
      throw isDiskFull(error, this.#path) ? new FullDiskError(hasOps) : error;
    }
  }

  /** On a disk without room for all of a batch what does fit is written, the oldest first. */
  #writeBatches(until: number): void {
    for (let bounds = WIDEST; isBefore(this.#place, until); ) {
      try {
        this.#writeBatch(until, bounds);
      } catch (error) {
        if (!(error instanceof FullDiskError) || bounds.captures === 1) throw error;
        // What is in the file's log and in the file takes its room twice.
        this.#writer.settle();
        bounds = narrower(bounds);
      }
    }
  }

  #writeBatch(until: number, bounds: Bounds): void {
    const batch: Batch = { place: this.#place, captures: 0, bytes: 0, written: new Map() };
    this.#transaction(true, () => {
      while (isBefore(batch.place, until) && batch.captures < bounds.captures && batch.bytes < bounds.bytes)
        this.#next(batch);
    });
    this.#place = batch.place;
    for (const [track, count] of batch.written) track.written += count;
  }

  /** Writes the entry at the place, when there is one to write, and moves on. */
  #next(batch: Batch): void {
    const ring = this.#ring;
    const { place } = batch;
    const track = ring.isFiller(place) ? undefined : this.#tracks.get(ring.trackOf(place));
    const record = track === undefined ? undefined : copyOf(ring, place);
    const next = ring.nextPlace(place);
    if (!ring.isIntact(place)) {
      batch.place = ring.tail;
      return;
    }
    batch.place = next;
    if (track === undefined || record === undefined) return;
    batch.captures += 1;
    batch.bytes += record.length;
    batch.written.set(track, (batch.written.get(track) ?? 0) + 1);
    this.#add(record, track);
  }

  #add(record: Uint8Array, track: Track): void {
    try {
      if (!this.#writer.addCapture(rowOf(record, track.originNs), track))
        this.#writer.addMissed(track.probe, track.run, 1);
    } catch (error) {
      // A capture that nobody could show either.
      if (!(error instanceof RecordError)) throw error;
      this.#writer.addMissed(track.probe, track.run, 1);
    }
  }

  #countMissed(): number {
    const missed = [...this.#tracks.values()].filter((track) => track.end > track.written);
    this.#transaction(true, () => {
      for (const track of missed) this.#writer.addMissed(track.probe, track.run, track.end - track.written);
    });
    return missed.reduce((sum, track) => sum + track.end - track.written, 0);
  }
}

/** Places count modulo 2^32. */
function isBefore(place: number, until: number): boolean {
  return ((until - place) | 0) > 0;
}

function narrower({ captures, bytes }: Bounds): Bounds {
  return { captures: Math.max(1, Math.floor(captures / 4)), bytes: bytes / 4 };
}

/** Also where the database cannot make room for its own log, which it calls an error of input or output. */
function isDiskFull(error: unknown, path: string): boolean {
  const code = typeof error === "object" && error !== null && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  if (code === SQLITE_FULL) return true;
  if (code !== SQLITE_IOERR) return false;
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < NO_ROOM_BYTES;
}

/** Undefined when it was written over: its length may then be anything. */
function copyOf(ring: RingReader, place: number): Uint8Array | undefined {
  const start = ring.recordOffset(place);
  const length = ring.view.getUint32(start, true);
  if (!ring.isIntact(place)) return undefined;
  return ring.bytes.slice(start, start + length);
}

const port = parentPort;
if (port === null) throw new Error("Cannot record: this file runs as a worker only");
const reply = (message: RecorderReply) => port.postMessage(message);

let worker: RecorderWorker | undefined;
try {
  worker = new RecorderWorker(workerData);
  reply({ kind: "written", missed: 0 });
} catch (error) {
  reply({ kind: "failed", message: messageOf(error) });
}

port.on("message", (request: RecorderRequest) => {
  if (worker === undefined) return;
  try {
    serve(worker, request);
  } catch (error) {
    if (error instanceof FullDiskError) {
      reply({ kind: "full", hasOps: error.hasOps });
      return;
    }
    worker.close();
    worker = undefined;
    reply({ kind: "failed", message: messageOf(error) });
  }
});

function serve(worker: RecorderWorker, request: RecorderRequest): void {
  switch (request.kind) {
    case "write":
      reply({ kind: "written", missed: worker.write(request) });
      return;
    case "moved":
      worker.moved(request);
      return;
    case "close":
      worker.close();
      reply({ kind: "closed" });
      port?.close();
      return;
    default:
      assertNever(request);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
