/**
 * Collects the captures of one process from its two rings into the capture log, in the order of seq. It owns the two files and
 * runs on the event loop in short slices; large payloads are copied by another thread.
 *
 * Reading: a portion of slots is read once to learn how many records in a row are committed, and then those are read again.
 * What the second read returns was written before the first one began to see the commits, so no record can be half old, on
 * any processor. A payload is read after its record was seen committed, and its room is freed after that.
 *
 * A slot that was given out and is not committed is a hole: later records wait for it. A thread may be between the two steps;
 * only when the process is gone, or has not come back to it for `HOLE_TIMEOUT_MS`, is it counted as lost.
 */
import { setImmediate } from "node:timers/promises";
import type { Dispose } from "@pyprobe/base";
import { paddedBytes, RECORD_BYTES, RecordError, recordKinds, recordOffsets } from "@pyprobe/protocol";
import type { CaptureSink } from "../session/adapter.ts";
import { Collected } from "./collected.ts";
import type { LogTurn } from "./log-turn.ts";
import { isPlausible, type PayloadPlace, type RingFile } from "./ring-file.ts";

const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 16;
const PAUSE_GROWTH = 1.3;
const SLICE_MS = 3;
const FEWEST_SLOTS = 64;
const MOST_SLOTS = 4096;
/** A larger payload is read by another thread while the event loop turns. */
const LARGE_BYTES = 256 * 1024;
const HOLE_TIMEOUT_MS = 10_000;
const WORDS = RECORD_BYTES / 4;
const SEQ_WORD = recordOffsets.seq / 4;
const COMMIT_WORD = recordOffsets.commit / 4;

export type RingReaderOptions = {
  readonly pid: number;
  readonly records: RingFile;
  readonly bulk: RingFile;
  readonly sink: CaptureSink;
  readonly turn: LogTurn;
  /** After each slice that brought something. */
  readonly onCollected: (collected: Collected) => void;
  /** The rings cannot be read any more; the reader has closed them. */
  readonly onFailed: (error: unknown) => void;
};

export class RingReader {
  readonly collected = new Collected();
  readonly #options: RingReaderOptions;
  readonly #buffer = Buffer.alloc(MOST_SLOTS * RECORD_BYTES);
  readonly #view: DataView;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #onRoom: Dispose;
  /** The next seq to be read. */
  #tail: number;
  #slots = FEWEST_SLOTS;
  #pauseMs = SHORTEST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #sliceEndMs = 0;
  #holeSinceMs: number | undefined;
  /** The payload at the tail, when it is a large one. The record is the first in the buffer. */
  #large: PayloadPlace | undefined;
  #isWaitingForRoom = false;
  #isFinishing = false;
  #isFinished = false;

  constructor(options: RingReaderOptions) {
    this.#options = options;
    const { buffer, byteOffset, length } = this.#buffer;
    this.#view = new DataView(buffer, byteOffset, length);
    this.#words = new Uint32Array(buffer, byteOffset, length / 4);
    this.#mask = options.records.capacity - 1;
    this.#tail = Math.max(1, options.records.tail);
    options.records.writeTail(this.#tail);
    this.#onRoom = options.sink.changes.on("room", () => {
      if (this.#isWaitingForRoom) this.wake();
    });
    this.wake();
  }

  /** There may be something now: looks at once instead of at the next turn. */
  wake(): void {
    if (!this.#isFinishing) this.#startDrain();
  }

  /** Collects everything that is committed; resolves when there is nothing more at this instant. */
  async flush(): Promise<void> {
    await this.#draining;
    this.#startDrain();
    await this.#draining;
  }

  /**
   * The process is gone, or its agent has said that it is done: collects what is left and counts every hole as lost. Waits
   * for a reader of the log that must not miss anything.
   */
  async finish(): Promise<void> {
    // From here on only this reads: what is at the tail after a flush is a hole, or has no room.
    this.#isFinishing = true;
    await this.flush();
    const end = this.#isFinished ? 0 : this.#options.records.findEnd(this.#tail);
    while (!this.#isFinished && this.#tail < end) {
      await this.flush();
      if (this.#isWaitingForRoom) await this.#waitForRoom();
      else if (this.#tail < end) this.#loseTail();
    }
    this.#tell();
    this.dispose();
  }

  dispose(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearTimeout(this.#timer);
    this.#onRoom();
    this.#options.records.close();
    this.#options.bulk.close();
  }

  #startDrain(): void {
    if (this.#isFinished || this.#draining !== undefined) return;
    clearTimeout(this.#timer);
    this.#draining = this.#drain().then(
      () => this.#endDrain(),
      (error: unknown) => {
        this.dispose();
        this.#endDrain();
        this.#options.onFailed(error);
      },
    );
  }

  #endDrain(): void {
    this.#draining = undefined;
    if (!this.#isFinished) this.#timer = setTimeout(() => this.wake(), this.#pauseMs);
  }

  /** Or for a moment: room may have come just before this. */
  async #waitForRoom(): Promise<void> {
    const signal = AbortSignal.timeout(LONGEST_PAUSE_MS);
    await this.#options.sink.changes.next("room", { signal }).catch(() => undefined);
  }

  async #drain(): Promise<void> {
    let count = 0;
    this.#sliceEndMs = performance.now() + SLICE_MS;
    while (!this.#isFinished) {
      while (this.#options.turn.isTaken) await this.#options.turn.nextFree();
      if (this.#isFinished) return;
      const read = this.#readPortion() + (this.#large === undefined ? 0 : await this.#takeLarge(this.#large));
      count += read;
      if (read === 0) break;
      await this.#endSlice();
    }
    this.#pauseMs = count > 0 ? SHORTEST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * PAUSE_GROWTH);
    if (count > 0) this.#tell();
  }

  /** Lets the event loop turn when this has taken long enough. */
  async #endSlice(): Promise<void> {
    if (performance.now() < this.#sliceEndMs) return;
    this.#tell();
    await setImmediate();
    this.#sliceEndMs = performance.now() + SLICE_MS;
  }

  #tell(): void {
    this.#options.onCollected(this.collected);
  }

  /** Takes the committed records that come next, a few thousand at most, up to a large payload. Returns how many. */
  #readPortion(): number {
    const { records } = this.#options;
    this.#large = undefined;
    if (this.#isFinished) return 0;
    const slot = this.#tail & this.#mask;
    const wanted = Math.min(this.#slots, records.capacity - slot);
    records.read(this.#buffer, wanted * RECORD_BYTES, slot * RECORD_BYTES);
    const committed = this.#countCommitted(wanted);
    this.#slots = committed === wanted ? Math.min(MOST_SLOTS, this.#slots * 2) : FEWEST_SLOTS;
    if (committed === 0) return this.#waitForHole(wanted) ? 1 : 0;
    this.#holeSinceMs = undefined;
    this.#isWaitingForRoom = false;
    records.read(this.#buffer, committed * RECORD_BYTES, slot * RECORD_BYTES);
    const taken = this.#take(committed);
    this.#tail += taken;
    if (taken > 0) records.writeTail(this.#tail);
    return taken;
  }

  #countCommitted(count: number): number {
    const words = this.#words;
    let low = this.#tail % 2 ** 32;
    let high = Math.floor(this.#tail / 2 ** 32);
    for (let index = 0, word = 0; index < count; index += 1, word += WORDS) {
      if (words[word + COMMIT_WORD] !== low || words[word + SEQ_WORD] !== low || words[word + SEQ_WORD + 1] !== high) {
        return index;
      }
      low += 1;
      if (low === 2 ** 32) {
        low = 0;
        high += 1;
      }
    }
    return count;
  }

  #take(count: number): number {
    const { pid, sink } = this.#options;
    // Room for all of them is asked for once; only when there is none, for each.
    const isTight = sink.isFull(count * 2 * RECORD_BYTES);
    for (let index = 0; index < count; index += 1) {
      if (isTight && sink.isFull()) {
        this.#isWaitingForRoom = true;
        return index;
      }
      const offset = index * RECORD_BYTES;
      const probe = this.#view.getUint16(offset + recordOffsets.probe, true);
      try {
        if (this.#view.getUint16(offset + recordOffsets.kind, true) === recordKinds.payload) {
          if (!this.#takePayload(index, probe)) return index;
          continue;
        }
        sink.append(pid, this.#buffer, offset);
        this.collected.add(probe, RECORD_BYTES);
      } catch (error) {
        this.#lose(probe, error);
      }
    }
    return count;
  }

  /** False when it was not taken now: the log has no room, or it is a large one. */
  #takePayload(index: number, probe: number): boolean {
    const { bulk, sink } = this.#options;
    const offset = index * RECORD_BYTES;
    const place = {
      position: Number(this.#view.getBigUint64(offset + recordOffsets.value, true)),
      bytes: this.#view.getUint32(offset + recordOffsets.payloadBytes, true),
    };
    if (!isPlausible(place, bulk)) {
      this.collected.lose(probe);
      return true;
    }
    if (RECORD_BYTES + place.bytes > sink.maxRecordBytes) {
      this.#settle(probe, place, undefined);
      return true;
    }
    this.#isWaitingForRoom = sink.isFull(RECORD_BYTES + place.bytes);
    if (this.#isWaitingForRoom) return false;
    if (place.bytes > LARGE_BYTES) {
      if (index === 0) this.#large = place;
      return false;
    }
    const { view, commit } = this.#reserve(offset, place);
    const isThere = bulk.read(view.subarray(RECORD_BYTES), place.bytes, place.position % bulk.capacity);
    this.#settle(probe, place, isThere ? commit : undefined);
    return true;
  }

  /** Reads the payload at the tail in one go, with the log for itself. Returns 1: one record was taken. */
  async #takeLarge(place: PayloadPlace): Promise<number> {
    const { bulk, records, turn } = this.#options;
    const probe = this.#view.getUint16(recordOffsets.probe, true);
    turn.take();
    try {
      const { view, commit } = this.#reserve(0, place);
      const isThere = await bulk.readLarge(view.subarray(RECORD_BYTES), place.bytes, place.position % bulk.capacity);
      if (this.#isFinished) return 0;
      this.#sliceEndMs = performance.now() + SLICE_MS;
      this.#settle(probe, place, isThere ? commit : undefined);
    } finally {
      turn.free();
    }
    this.#tail += 1;
    records.writeTail(this.#tail);
    return 1;
  }

  /** Room in the log for a record of the buffer and its payload, with the record in it. */
  #reserve(offset: number, { bytes }: PayloadPlace): { view: Uint8Array; commit(): void } {
    const { pid, sink } = this.#options;
    const reservation = sink.reserve(pid, RECORD_BYTES + bytes);
    reservation.view.set(this.#buffer.subarray(offset, offset + RECORD_BYTES));
    reservation.view.fill(0, recordOffsets.value, recordOffsets.value + 8);
    return reservation;
  }

  /** Without `commit` the payload was not there, or is too large for the log. Its room in the ring is free again either way. */
  #settle(probe: number, { position, bytes }: PayloadPlace, commit: (() => void) | undefined): void {
    try {
      if (commit === undefined) throw new RecordError("Cannot keep capture: its payload is not there or too large");
      commit();
      this.collected.add(probe, RECORD_BYTES + bytes);
    } catch (error) {
      this.#lose(probe, error);
    }
    this.#options.bulk.writeTail(position + paddedBytes(bytes));
  }

  /** Only a program that writes over foreign memory makes bytes that are no record; its other captures may still be sound. */
  #lose(probe: number, error: unknown): void {
    if (!(error instanceof RecordError || error instanceof RangeError)) throw error;
    this.collected.lose(probe);
  }

  /** Whether the hole at the tail was given up. `count` slots from the tail on are in the buffer. */
  #waitForHole(count: number): boolean {
    if (!this.#hasCommitted(count)) {
      this.#holeSinceMs = undefined;
      return false;
    }
    const nowMs = performance.now();
    this.#holeSinceMs ??= nowMs;
    if (nowMs - this.#holeSinceMs < HOLE_TIMEOUT_MS) return false;
    this.#loseTail();
    return true;
  }

  #hasCommitted(count: number): boolean {
    for (let index = 0; index < count; index += 1) {
      const seq = this.#tail + index;
      if (this.#words[index * WORDS + COMMIT_WORD] === seq % 2 ** 32 && this.#seqAt(index * WORDS) === seq) return true;
    }
    return false;
  }

  #seqAt(word: number): number {
    return (this.#words[word + SEQ_WORD + 1] ?? 0) * 2 ** 32 + (this.#words[word + SEQ_WORD] ?? 0);
  }

  /** Gives up the record at the tail, whose slot is the first in the buffer. Its probe may have been written already. */
  #loseTail(): void {
    const isBegun = this.#seqAt(0) === this.#tail;
    this.collected.lose(isBegun ? this.#view.getUint16(recordOffsets.probe, true) : 0);
    this.#tail += 1;
    this.#holeSinceMs = undefined;
    this.#options.records.writeTail(this.#tail);
  }
}
