/**
 * The recording worker: walks the log's memory from where it stood last to where the event loop says, and writes what it finds.
 * The log itself is the buffer: when the disk is slow, captures that leave the log unwritten are counted, and memory stays as it is.
 */
import { parentPort, workerData } from "node:worker_threads";
import { RecordError } from "@pyprobe/protocol";
import { RingReader } from "../capture/capture-ring.ts";
import { rowOf } from "./capture-row.ts";
import type { RecorderReply, RecorderRequest, RecorderStart, TrackState } from "./recording-ops.ts";
import { RecordingWriter } from "./recording-writer.ts";

/** Bounds of one transaction. */
const BATCH_CAPTURES = 20_000;
const BATCH_BYTES = 64 * 1024 * 1024;

type Track = TrackState & { written: number };

class RecorderWorker {
  readonly #ring: RingReader;
  readonly #writer: RecordingWriter;
  readonly #tracks = new Map<number, Track>();
  #place: number;

  constructor({ path, ring, from }: RecorderStart) {
    this.#ring = new RingReader(ring);
    this.#place = from;
    this.#writer = new RecordingWriter(path);
  }

  /** Returns how many captures were missed. */
  write({ until, tracks, ops, isPause }: RecorderRequest & { kind: "write" }): number {
    for (const track of tracks) {
      const known = this.#tracks.get(track.number);
      this.#tracks.set(track.number, { ...track, written: known?.written ?? track.first });
    }
    this.#writer.transaction(() => {
      for (const op of ops) this.#writer.apply(op);
    });
    while (((until - this.#place) | 0) > 0) this.#writer.transaction(() => this.#writeBatch(until));
    const missed = this.#countMissed(tracks);
    if (isPause) this.#writer.settle();
    return missed;
  }

  close(): void {
    this.#writer.close();
  }

  #writeBatch(until: number): void {
    let captures = 0;
    let bytes = 0;
    while (((until - this.#place) | 0) > 0 && captures < BATCH_CAPTURES && bytes < BATCH_BYTES) {
      const record = this.#next();
      if (record === undefined) continue;
      captures += 1;
      bytes += record.length;
    }
  }

  /** Writes the entry at the place and moves on; undefined where there was nothing to write. */
  #next(): Uint8Array | undefined {
    const ring = this.#ring;
    const place = this.#place;
    const track = ring.isFiller(place) ? undefined : this.#tracks.get(ring.trackOf(place));
    const record = track === undefined ? undefined : copyOf(ring, place);
    const next = ring.nextPlace(place);
    if (!ring.isIntact(place)) {
      this.#place = ring.tail;
      return undefined;
    }
    this.#place = next;
    if (track === undefined || record === undefined) return undefined;
    track.written += 1;
    try {
      this.#writer.addCapture(rowOf(record, track.originNs), track);
    } catch (error) {
      // A capture that nobody could show either.
      if (!(error instanceof RecordError)) throw error;
      this.#writer.addMissed(track.probe, track.run, 1);
    }
    return record;
  }

  #countMissed(told: readonly TrackState[]): number {
    let missed = 0;
    for (const { number } of told) {
      const track = this.#tracks.get(number);
      const count = track === undefined ? 0 : track.end - track.written;
      if (track === undefined || count <= 0) continue;
      track.written = track.end;
      missed += count;
      this.#writer.addMissed(track.probe, track.run, count);
    }
    return missed;
  }
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
    if (request.kind === "write") reply({ kind: "written", missed: worker.write(request) });
    else {
      worker.close();
      reply({ kind: "closed" });
      port.close();
    }
  } catch (error) {
    worker.close();
    worker = undefined;
    reply({ kind: "failed", message: messageOf(error) });
  }
});

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
