/**
 * Collects the captures of one process from its two rings into the capture log, in the order of seq. It owns the two files and
 * runs on the event loop in short slices.
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
import { isPlausible, type RingFile } from "./ring-file.ts";

const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 16;
const PAUSE_GROWTH = 1.3;
const SLICE_MS = 3;
const FEWEST_SLOTS = 64;
const MOST_SLOTS = 4096;
const MOST_PAYLOAD_BYTES = 1024 * 1024;
const HOLE_TIMEOUT_MS = 10_000;
const WORDS = RECORD_BYTES / 4;
const SEQ_WORD = recordOffsets.seq / 4;
const COMMIT_WORD = recordOffsets.commit / 4;

export type RingReaderOptions = {
  readonly pid: number;
  readonly records: RingFile;
  readonly bulk: RingFile;
  readonly sink: CaptureSink;
  /** After each slice that brought something. */
  readonly onCollected: (collected: Collected) => void;
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
  #holeSinceMs: number | undefined;
  #isWaitingForRoom = false;
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
    if (this.#isFinished || this.#draining !== undefined) return;
    clearTimeout(this.#timer);
    this.#draining = this.#drain().finally(() => {
      this.#draining = undefined;
      if (!this.#isFinished) this.#timer = setTimeout(() => this.wake(), this.#pauseMs);
    });
  }

  /** Collects everything that is committed; resolves when there is nothing more at this instant. */
  async flush(): Promise<void> {
    await this.#draining;
    this.wake();
    await this.#draining;
  }

  /**
   * The process is gone, or its agent has said that it is done: collects what is left and counts every hole as lost. Waits
   * for a reader of the log that must not miss anything.
   */
  async finish(): Promise<void> {
    await this.flush();
    const end = this.#findEnd();
    while (!this.#isFinished && this.#tail < end) {
      await this.flush();
      if (this.#isWaitingForRoom) await this.#options.sink.changes.next("room");
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

  async #drain(): Promise<void> {
    let count = 0;
    let sliceEndMs = performance.now() + SLICE_MS;
    for (;;) {
      const read = this.#isFinished ? 0 : this.#readPortion();
      count += read;
      if (read === 0) break;
      if (performance.now() < sliceEndMs) continue;
      this.#tell();
      await setImmediate();
      sliceEndMs = performance.now() + SLICE_MS;
    }
    this.#pauseMs = count > 0 ? SHORTEST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * PAUSE_GROWTH);
    if (count > 0) this.#tell();
  }

  #tell(): void {
    this.#options.onCollected(this.collected);
  }

  /** Takes the committed records that come next, a few thousand at most. Returns how many. */
  #readPortion(): number {
    const { records } = this.#options;
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
    let payloadBytes = 0;
    for (let index = 0; index < count; index += 1) {
      if (isTight && sink.isFull()) {
        this.#isWaitingForRoom = true;
        return index;
      }
      const offset = index * RECORD_BYTES;
      const probe = this.#view.getUint16(offset + recordOffsets.probe, true);
      try {
        if (this.#view.getUint16(offset + recordOffsets.kind, true) === recordKinds.payload) {
          const bytes = this.#takePayload(offset, probe);
          if (bytes === undefined) return index;
          payloadBytes += bytes;
          // Large payloads are taken one at a time, so that a slice can end between two of them.
          if (payloadBytes > MOST_PAYLOAD_BYTES) return index + 1;
          continue;
        }
        sink.append(pid, this.#buffer, offset);
        this.collected.add(probe, RECORD_BYTES);
      } catch (error) {
        // Only a program that writes over foreign memory makes such bytes; its other captures may still be sound.
        if (!(error instanceof RecordError || error instanceof RangeError)) throw error;
        this.collected.lose(probe);
      }
    }
    return count;
  }

  /** Returns the bytes that were read; undefined when the log has no room for them now. */
  #takePayload(offset: number, probe: number): number | undefined {
    const { pid, sink, bulk } = this.#options;
    const position = Number(this.#view.getBigUint64(offset + recordOffsets.value, true));
    const bytes = this.#view.getUint32(offset + recordOffsets.payloadBytes, true);
    if (!isPlausible({ position, bytes }, bulk)) {
      this.collected.lose(probe);
      return 0;
    }
    this.#isWaitingForRoom = sink.isFull(RECORD_BYTES + bytes);
    if (this.#isWaitingForRoom) return undefined;
    const { view, commit } = sink.reserve(pid, RECORD_BYTES + bytes);
    view.set(this.#buffer.subarray(offset, offset + RECORD_BYTES));
    view.fill(0, recordOffsets.value, recordOffsets.value + 8);
    if (bulk.read(view.subarray(RECORD_BYTES), bytes, position % bulk.capacity)) {
      commit();
      this.collected.add(probe, RECORD_BYTES + bytes);
    } else this.collected.lose(probe);
    bulk.writeTail(position + paddedBytes(bytes));
    return bytes;
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

  /** The seq after the last one that was certainly given out: as the agent says, or after the last committed record. */
  #findEnd(): number {
    const { records } = this.#options;
    const { limit } = records;
    if (limit > 0) return Math.min(limit, this.#tail + records.capacity);
    const chunk = new Uint32Array(MOST_SLOTS * WORDS);
    const bytes = new Uint8Array(chunk.buffer);
    let end = this.#tail;
    for (let slot = 0; slot < records.capacity; slot += MOST_SLOTS) {
      const count = Math.min(MOST_SLOTS, records.capacity - slot);
      records.read(bytes, count * RECORD_BYTES, slot * RECORD_BYTES);
      for (let word = 0; word < count * WORDS; word += WORDS) {
        const seq = (chunk[word + SEQ_WORD + 1] ?? 0) * 2 ** 32 + (chunk[word + SEQ_WORD] ?? 0);
        const isCommitted = chunk[word + COMMIT_WORD] === seq % 2 ** 32;
        if (isCommitted && seq >= end && seq < this.#tail + records.capacity) end = seq + 1;
      }
    }
    return end;
  }
}
