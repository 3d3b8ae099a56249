/**
 * The time-travel buffer of one session: every capture of every process and run, bounded by bytes, oldest first out, every drop
 * counted per probe. Owned by the session, written on the event loop; workers read the same memory (see capture-ring.ts).
 *
 * Captures of one process come in the order of their seq. Runs stay apart: `beginRun` before the first capture of each.
 */
import os from "node:os";
import { Emitter } from "@pyprobe/base";
import { paddedBytes, RECORD_BYTES, RecordError, recordOffsets } from "@pyprobe/protocol";
import { nsSince, seqAt } from "./capture-record-fields.ts";
import { createRingMemory, RingWriter, type Space } from "./capture-ring.ts";
import { CaptureTrack } from "./capture-track.ts";

const MAX_DEFAULT_BYTES = 1024 ** 3;
const MIN_DEFAULT_BYTES = 256 * 1024 ** 2;

/** An eighth of the machine's memory, between 256 MiB and 1 GiB. */
export function defaultLogBytes(totalBytes = os.totalmem()): number {
  return Math.min(MAX_DEFAULT_BYTES, Math.max(MIN_DEFAULT_BYTES, totalBytes / 8));
}

/** Where one capture is. */
export type CapturePlace = { readonly track: CaptureTrack; readonly ordinal: number };

/**
 * Space in the log for one record whose bytes the caller reads straight into `view`, in packet form. Nothing is visible before
 * `commit`; a reservation that is not committed before the next one is made has never been.
 */
export type Reservation = { readonly view: Uint8Array; readonly commit: () => void };

export type LogUsage = { readonly bytes: number; readonly maxBytes: number; readonly dropped: number };

type LogEvents = {
  /** The probes (numbers) that have new captures; once for all records appended in one turn of the event loop. */
  captures: ReadonlySet<number>;
  /** `isFull` is false again. */
  room: undefined;
};

/** A reader that must not miss a capture: the log fills instead of dropping what it has not read. */
export type Retention = { place: number; readonly release: () => void };

/** `arrivals`: captures of the newest track's run, over all processes. */
type ProbeTracks = { newest: CaptureTrack; readonly tracks: CaptureTrack[]; arrivals: number };

export class CaptureLog {
  readonly changes = new Emitter<LogEvents>();
  readonly ring: RingWriter;
  readonly #tracks = new Map<number, CaptureTrack>();
  readonly #probes = new Map<number, ProbeTracks>();
  /** Tracks of the current run by `pid * 65536 + probe`. */
  readonly #current = new Map<number, CaptureTrack>();
  readonly #originsNs = new Map<number, bigint>();
  readonly #retentions = new Set<Retention>();
  #run = 1;
  #nextTrack = 1;
  #dropped = 0;
  #pending = new Set<number>();
  #reserved: Space | undefined;
  #source: { buffer: ArrayBufferLike; view: DataView; words: Int32Array } | undefined;
  readonly #evict = (place: number): void => this.#dropEntry(place);

  constructor(options: { maxBytes?: number } = {}) {
    this.ring = new RingWriter(createRingMemory(options.maxBytes ?? defaultLogBytes()));
  }

  get run(): number {
    return this.#run;
  }

  get usage(): LogUsage {
    return { bytes: this.ring.usedBytes, maxBytes: this.ring.capacityBytes, dropped: this.#dropped };
  }

  /** What comes from now on belongs to this run. Earlier runs are kept while there is room. */
  beginRun(run: number): void {
    this.#run = run;
    this.#current.clear();
    this.#originsNs.clear();
  }

  /** The process's monotonic clock when the run began; without it the process's first capture is at 0. Before its first record. */
  setOrigin(pid: number, originNs: bigint): void {
    this.#originsNs.set(pid, originNs);
  }

  /**
   * Keeps the record that starts at `offset`, in packet form. False when its seq is not above the newest one of its probe and
   * process (a repeated or reordered packet). Throws a `RecordError` on bytes that are not a record.
   */
  append(pid: number, bytes: Uint8Array, offset: number): boolean {
    const source = this.#sourceOf(bytes);
    const start = bytes.byteOffset + offset;
    const length = this.#checkedLength(source.view, { start, end: bytes.byteOffset + bytes.length });
    const track = this.#trackFor(pid, source.view.getUint16(start + recordOffsets.probe, true), source.view, start);
    if (seqAt(source.view, start) <= track.lastSeq) return false;
    this.#reserved = undefined;
    const space = this.ring.allocate(length, this.#evict);
    if (length === RECORD_BYTES && (start & 3) === 0) this.#copyWords(source.words, start, space.recordOffset);
    else this.ring.bytes.set(bytes.subarray(offset, offset + length), space.recordOffset);
    this.#publish(track, space, length);
    return true;
  }

  /** Space for a record of `lengthBytes` (64 and the payload), to be filled in place. */
  reserve(pid: number, lengthBytes: number): Reservation {
    const space = this.ring.allocate(lengthBytes, this.#evict);
    this.#reserved = space;
    const start = space.recordOffset;
    return {
      view: this.ring.bytes.subarray(start, start + lengthBytes),
      commit: () => {
        if (this.#reserved !== space) throw new Error("Cannot commit capture: another capture came since");
        this.#reserved = undefined;
        const { view } = this.ring;
        const length = this.#checkedLength(view, { start, end: start + lengthBytes });
        const track = this.#trackFor(pid, view.getUint16(start + recordOffsets.probe, true), view, start);
        if (seqAt(view, start) > track.lastSeq) this.#publish(track, space, length);
      },
    };
  }

  /** Whether a reader that must not miss anything is too far behind for a record of this size: leave it in the agent's ring. */
  isFull(lengthBytes = RECORD_BYTES): boolean {
    for (const { place } of this.#retentions) if (!this.ring.hasRoom(lengthBytes, place)) return true;
    return false;
  }

  /** For a reader that must not miss anything, from the next capture on. It moves `place` on as it reads and calls `advanced`. */
  retain(): Retention {
    const retention: Retention = {
      place: this.ring.head,
      release: () => {
        this.#retentions.delete(retention);
        this.changes.emit("room", undefined);
      },
    };
    this.#retentions.add(retention);
    return retention;
  }

  /** A retaining reader has moved on. */
  advance(retention: Retention, place: number): void {
    retention.place = place;
    this.changes.emit("room", undefined);
  }

  tracksOf(probe: number): readonly CaptureTrack[] {
    return this.#probes.get(probe)?.tracks ?? [];
  }

  findTrack(number: number): CaptureTrack | undefined {
    return this.#tracks.get(number);
  }

  /** Every track of every run, oldest first. */
  get tracks(): IterableIterator<CaptureTrack> {
    return this.#tracks.values();
  }

  /** The probe's newest capture of the current run, of one process or of all. */
  findNewest(probe: number, options: { pid?: number | undefined } = {}): CapturePlace | undefined {
    const { pid } = options;
    const track = pid === undefined ? this.#probes.get(probe)?.newest : this.#current.get(trackKey(pid, probe));
    if (track === undefined || track.run !== this.#run || track.kept === 0) return undefined;
    return { track, ordinal: track.end - 1 };
  }

  /** The probe's newest capture at or before `seq` of this process, in the newest run that has the process. */
  findAtOrBefore(probe: number, at: { pid: number; seq: number }): CapturePlace | undefined {
    for (const track of this.tracksOf(probe).toReversed()) {
      if (track.pid !== at.pid) continue;
      const after = this.ordinalAfterSeq(track, at.seq);
      if (after > track.first) return { track, ordinal: after - 1 };
    }
    return undefined;
  }

  /** The probe's newest capture at or before this time of a run (the current one when left out), over all its processes. */
  findAtOrBeforeTime(probe: number, at: { tNs: number; run?: number }): CapturePlace | undefined {
    let best: CapturePlace | undefined;
    for (const track of this.tracksOf(probe)) {
      if (track.run !== (at.run ?? this.#run)) continue;
      const after = this.#search(track, (ordinal) => this.timeNs(track, ordinal) <= at.tNs);
      if (after === track.first) continue;
      const found = { track, ordinal: after - 1 };
      if (best === undefined || this.timeNs(best.track, best.ordinal) < this.timeNs(track, found.ordinal)) best = found;
    }
    return best;
  }

  /** Ordinal of the first capture whose seq is greater than `seq`. */
  ordinalAfterSeq(track: CaptureTrack, seq: number): number {
    return this.#search(track, (ordinal) => this.seq(track, ordinal) <= seq);
  }

  seq(track: CaptureTrack, ordinal: number): number {
    return seqAt(this.ring.view, this.ring.recordOffset(track.placeOf(ordinal)));
  }

  /** Nanoseconds since the run began. */
  timeNs(track: CaptureTrack, ordinal: number): number {
    return nsSince(this.ring.view, this.ring.recordOffset(track.placeOf(ordinal)), track.originNs);
  }

  /** The record in packet form: a view on the log, valid until the event loop turns. */
  record(track: CaptureTrack, ordinal: number): Uint8Array {
    const start = this.ring.recordOffset(track.placeOf(ordinal));
    return this.ring.bytes.subarray(start, start + this.ring.view.getUint32(start, true));
  }

  /** Captures a probe has made in a run, over all processes. */
  arrivals(probe: number, run: number): number {
    const ofProbe = this.#probes.get(probe);
    if (ofProbe?.newest.run === run) return ofProbe.arrivals;
    return this.tracksOf(probe).reduce((sum, track) => (track.run === run ? sum + track.end : sum), 0);
  }

  /** Captures of a probe that were kept once and had to go, over all runs. */
  droppedOf(probe: number): number {
    return this.tracksOf(probe).reduce((sum, track) => sum + track.first, 0);
  }

  #search(track: CaptureTrack, isBefore: (ordinal: number) => boolean): number {
    let low = track.first;
    let high = track.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #publish(track: CaptureTrack, space: Space, length: number): void {
    this.ring.publish(space.place, track.number);
    track.push(space.place);
    track.lastSeq = seqAt(this.ring.view, space.recordOffset);
    track.totalBytes += length;
    const probe = this.#probes.get(track.probe);
    if (probe !== undefined) {
      probe.arrivals = probe.newest.run === track.run ? probe.arrivals + 1 : 1;
      probe.newest = track;
    }
    if (this.#pending.size === 0) queueMicrotask(() => this.#tell());
    this.#pending.add(track.probe);
  }

  #tell(): void {
    const probes = this.#pending;
    this.#pending = new Set();
    this.changes.emit("captures", probes);
  }

  #dropEntry(place: number): void {
    this.#tracks.get(this.ring.trackOf(place))?.dropOldest();
    this.#dropped += 1;
  }

  #trackFor(pid: number, probe: number, view: DataView, start: number): CaptureTrack {
    const key = trackKey(pid, probe);
    const found = this.#current.get(key);
    if (found !== undefined) return found;
    let originNs = this.#originsNs.get(pid);
    if (originNs === undefined) {
      originNs = view.getBigUint64(start + recordOffsets.time, true);
      this.#originsNs.set(pid, originNs);
    }
    const track = new CaptureTrack({ number: this.#nextTrack, probe, pid, run: this.#run, originNs });
    this.#nextTrack += 1;
    this.#tracks.set(track.number, track);
    this.#current.set(key, track);
    const ofProbe = this.#probes.get(probe);
    if (ofProbe === undefined) this.#probes.set(probe, { newest: track, tracks: [track], arrivals: 0 });
    else ofProbe.tracks.push(track);
    return track;
  }

  #checkedLength(view: DataView, range: { start: number; end: number }): number {
    const left = range.end - range.start;
    const length = left < RECORD_BYTES ? 0 : view.getUint32(range.start, true);
    if (length < RECORD_BYTES || length > left)
      throw new RecordError(`Cannot keep capture: its length is ${length}, there are ${left} bytes`);
    if (
      view.getUint32(range.start + recordOffsets.commit, true) !== view.getUint32(range.start + recordOffsets.seq, true)
    )
      throw new RecordError("Cannot keep capture: its record is not committed");
    return length;
  }

  #copyWords(words: Int32Array, start: number, target: number): void {
    const to = this.ring.words;
    const from = start >> 2;
    const first = target >> 2;
    for (let word = 0; word < RECORD_BYTES / 4; word += 1) to[first + word] = words[from + word] ?? 0;
  }

  /** Views on the whole buffer behind `bytes`; collectors use one buffer for many records. */
  #sourceOf(bytes: Uint8Array): { buffer: ArrayBufferLike; view: DataView; words: Int32Array } {
    const { buffer } = bytes;
    if (this.#source?.buffer !== buffer) {
      const words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
      this.#source = { buffer, view: new DataView(buffer), words };
    }
    return this.#source;
  }
}

/** Bytes that `append` and `reserve` take from the log's budget for a record of this length. */
export function entryBytes(recordBytes: number): number {
  return 8 + paddedBytes(recordBytes);
}

function trackKey(pid: number, probe: number): number {
  return pid * 65536 + probe;
}
