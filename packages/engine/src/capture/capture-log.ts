/**
 * The time-travel buffer of one session: every capture of every process and run, bounded by bytes, oldest first out, every drop
 * counted per probe. Owned by the session, written on the event loop; workers read the same memory (see capture-ring.ts).
 *
 * Captures of one process come in the order of their seq. Runs stay apart: `beginRun` before the first capture of each.
 */
import { Emitter } from "@pyprobe/base";
import { RECORD_BYTES, RecordError, recordOffsets } from "@pyprobe/protocol";
import { nsSince, seqAt } from "./capture-record-fields.ts";
import { createRingMemory, type RingMemory, RingWriter, type Space } from "./capture-ring.ts";
import type { CaptureTrack } from "./capture-track.ts";
import { CaptureTracks } from "./capture-tracks.ts";
import { defaultLogBytes } from "./log-bytes.ts";

/** Of a program with very many short processes. A track takes about a kilobyte beside its captures. */
const MAX_TRACKS = 16_384;

/** Where one capture is. */
export type CapturePlace = { readonly track: CaptureTrack; readonly ordinal: number };

/**
 * Space in the log for one record whose bytes the caller reads straight into `view`, in packet form. Nothing is visible before
 * `commit`; a reservation that is not committed before the next one is made has never been.
 */
export type Reservation = { readonly view: Uint8Array; readonly commit: () => void };

export type LogUsage = {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly dropped: number;
  /** All captures were let go of, for the memory. */
  readonly isReleased: boolean;
};

type LogEvents = {
  /** The probes (numbers) that have new captures; once for all records appended in one turn of the event loop. */
  captures: ReadonlySet<number>;
  /** `isFull` is false again. */
  room: undefined;
  /** The memory is another one now: nothing of the old one is kept, and whoever shares it lets go of it. */
  moved: undefined;
};

/** A reader that must not miss a capture: the log fills instead of dropping what it has not read. */
export type Retention = { place: number; readonly release: () => void };

export class CaptureLog {
  readonly changes = new Emitter<LogEvents>();
  readonly #maxBytes: number;
  readonly #maxTracks: number;
  #ring: RingWriter;
  readonly #tracks = new CaptureTracks();
  readonly #retentions = new Set<Retention>();
  #run = 1;
  #dropped = 0;
  #isReleased = false;
  #pending = new Set<number>();
  #reserved: Space | undefined;
  #source: { buffer: ArrayBufferLike; view: DataView; words: Int32Array } | undefined;
  readonly #evict = (place: number): void => this.#dropEntry(place);

  constructor(options: { maxBytes?: number; maxTracks?: number } = {}) {
    this.#maxTracks = options.maxTracks ?? MAX_TRACKS;
    this.#maxBytes = options.maxBytes ?? defaultLogBytes();
    this.#ring = new RingWriter(createRingMemory(this.#maxBytes));
  }

  get ring(): RingWriter {
    return this.#ring;
  }

  get run(): number {
    return this.#run;
  }

  get usage(): LogUsage {
    const { usedBytes: bytes, capacityBytes: maxBytes } = this.ring;
    return { bytes, maxBytes, dropped: this.#dropped, isReleased: this.#isReleased };
  }

  /** What comes from now on belongs to this run. The run before is kept while there is room, and those before that one are dropped. */
  beginRun(run: number): void {
    this.#run = run;
    this.#tracks.beginRun();
    if (this.#isReleased) this.#move(createRingMemory(this.#maxBytes));
    this.#isReleased = false;
    this.#dropRunsBefore(run - 1);
  }

  /** Lets go of all captures and of the memory, until the next run begins. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#forget([...this.tracks]);
    this.#move(createRingMemory(0));
  }

  /** The process's monotonic clock when the run began; without it the process's first capture is at 0. Before its first record. */
  setOrigin(pid: number, originNs: bigint): void {
    this.#tracks.setOrigin(pid, originNs);
  }

  /** The process has ended and all of its captures are here. Another one may get its pid. */
  processEnded(pid: number): void {
    this.#tracks.processEnded(pid);
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

  /** A longer record can never be kept: it is a loss, and none of the others has to wait for it. */
  get maxRecordBytes(): number {
    return this.ring.maxRecordBytes;
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
    return this.#tracks.ofProbe(probe);
  }

  findTrack(number: number): CaptureTrack | undefined {
    return this.#tracks.find(number);
  }

  /** Every track of every run, oldest first. */
  get tracks(): IterableIterator<CaptureTrack> {
    return this.#tracks.all;
  }

  /** The probe's newest capture of the current run, of one process or of all. */
  findNewest(probe: number, options: { pid?: number | undefined } = {}): CapturePlace | undefined {
    const { pid } = options;
    const track = pid === undefined ? this.#tracks.newestOf(probe) : this.#tracks.current(pid, probe);
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
    return this.#tracks.arrivals(probe, run);
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
    this.#tracks.captured(track);
    if (this.#pending.size === 0) queueMicrotask(() => this.#tell());
    this.#pending.add(track.probe);
  }

  #tell(): void {
    const probes = this.#pending;
    this.#pending = new Set();
    this.changes.emit("captures", probes);
  }

  /** The captures of a run all stand before those of the next one: no process outlives its run. */
  #dropRunsBefore(run: number): void {
    this.#forget([...this.tracks].filter((track) => track.run < run));
    const places = [...this.tracks].filter(({ kept }) => kept > 0).map((track) => track.placeOf(track.first));
    const { head } = this.ring;
    this.ring.dropBefore(places.reduce((oldest, place) => (((place - oldest) | 0) < 0 ? place : oldest), head));
    this.changes.emit("room", undefined);
  }

  /** Those that have had no capture for longest. */
  #forgetOldest(): void {
    const { head } = this.ring;
    const ageOf = (track: CaptureTrack) => (track.kept === 0 ? Infinity : (head - track.placeOf(track.end - 1)) >>> 0);
    const byAge = [...this.tracks].map((track) => ({ track, age: ageOf(track) })).sort((a, b) => b.age - a.age);
    this.#forget(byAge.slice(0, this.#maxTracks / 8).map(({ track }) => track));
  }

  /** Their captures are dropped; what is left of them in the ring has no track any more. */
  #forget(tracks: readonly CaptureTrack[]): void {
    for (const track of tracks) this.#dropped += track.dropAll();
    this.#tracks.forget(tracks);
  }

  #move(memory: RingMemory): void {
    this.#ring = new RingWriter(memory, this.ring.head);
    this.#reserved = undefined;
    this.changes.emit("moved", undefined);
  }

  #dropEntry(place: number): void {
    const track = this.#tracks.find(this.ring.trackOf(place));
    // Of one that was forgotten they are counted already.
    if (track === undefined) return;
    track.dropOldest();
    this.#dropped += 1;
  }

  #trackFor(pid: number, probe: number, view: DataView, start: number): CaptureTrack {
    const found = this.#tracks.current(pid, probe);
    if (found !== undefined) return found;
    if (this.#tracks.count >= this.#maxTracks) this.#forgetOldest();
    const timeNs = view.getBigUint64(start + recordOffsets.time, true);
    return this.#tracks.add({ pid, probe, run: this.#run, timeNs });
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
