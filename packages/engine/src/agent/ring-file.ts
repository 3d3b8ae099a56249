/**
 * One ring of an agent as a file: its header, positioned reads, and the tail, which is the only thing the engine writes. Small reads
 * are synchronous: from shared memory they are copies, and the way to another thread and back takes longer than most of them. Large
 * ones, which take milliseconds, are made by Node's threads meanwhile.
 */
import { closeSync, fstatSync, openSync, read, readSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import {
  BULK_MAGIC,
  MAX_PAYLOAD_BYTES,
  RECORD_BYTES,
  RECORDS_MAGIC,
  RING_HEADER_BYTES,
  RING_VERSION,
  recordOffsets,
  ringOffsets,
} from "@pyprobe/protocol";

const MAX_CAPACITY_BYTES = 16 * 1024 ** 3;
const SCANNED_SLOTS = 4096;
const SLOT_WORDS = RECORD_BYTES / 4;
const SEQ_WORD = recordOffsets.seq / 4;
const COMMIT_WORD = recordOffsets.commit / 4;

const readInThread = promisify(read);

export class RingFileError extends Error {
  override readonly name = "RingFileError";
}

export class RingFile {
  readonly path: string;
  /** Slots of a records ring, bytes of a bulk ring. */
  readonly capacity: number;
  readonly clockNs: bigint;
  readonly wallNs: bigint;
  readonly #fd: number;
  readonly #word = Buffer.alloc(8);
  #isClosed = false;
  /** A read in another thread that has not come back: the file must stay open under it. */
  #reading: Promise<unknown> | undefined;

  /** Throws a `RingFileError` on a file that is not the ring of process `pid`. */
  constructor(path: string, kind: "records" | "bulk", pid: number) {
    this.path = path;
    this.#fd = openSync(path, "r+");
    try {
      const header = Buffer.alloc(RING_HEADER_BYTES);
      readSync(this.#fd, header, 0, RING_HEADER_BYTES, 0);
      this.capacity = this.#checkHeader(header, kind, pid);
      this.clockNs = header.readBigUInt64LE(ringOffsets.epoch);
      this.wallNs = header.readBigUInt64LE(ringOffsets.wall);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  get tail(): number {
    return this.#readNumber(ringOffsets.tail);
  }

  /** Read again each time: the agent refreshes it when the program ends. */
  get limit(): number {
    return this.#readNumber(ringOffsets.limit);
  }

  writeTail(tail: number): void {
    this.#word.writeBigUInt64LE(BigInt(tail));
    writeSync(this.#fd, this.#word, 0, 8, ringOffsets.tail);
  }

  /** Fills `length` bytes of `target` from `position` of the ring's data. False when the file is shorter than that. */
  read(target: Uint8Array, length: number, position: number): boolean {
    let done = 0;
    while (done < length) {
      const count = readSync(this.#fd, target, done, length - done, RING_HEADER_BYTES + position + done);
      if (count === 0) return false;
      done += count;
    }
    return true;
  }

  /** The same in another thread. One at a time. */
  async readLarge(target: Uint8Array, length: number, position: number): Promise<boolean> {
    let done = 0;
    while (done < length && !this.#isClosed) {
      const from = RING_HEADER_BYTES + position + done;
      const reading = readInThread(this.#fd, target, done, length - done, from);
      this.#reading = reading;
      const { bytesRead } = await reading.finally(() => {
        this.#reading = undefined;
      });
      if (bytesRead === 0) return false;
      done += bytesRead;
    }
    return done === length;
  }

  /**
   * Of a records ring that nobody writes to any more: the seq after the last one that was certainly given out, as the agent said
   * at its end, or else after the last committed record. `tail` is the next seq to be read.
   */
  findEnd(tail: number): number {
    const { limit } = this;
    if (limit > 0) return Math.min(limit, tail + this.capacity);
    const words = new Uint32Array(SCANNED_SLOTS * SLOT_WORDS);
    const bytes = new Uint8Array(words.buffer);
    let end = tail;
    for (let slot = 0; slot < this.capacity; slot += SCANNED_SLOTS) {
      const count = Math.min(SCANNED_SLOTS, this.capacity - slot);
      this.read(bytes, count * RECORD_BYTES, slot * RECORD_BYTES);
      for (let word = 0; word < count * SLOT_WORDS; word += SLOT_WORDS) {
        const seq = (words[word + SEQ_WORD + 1] ?? 0) * 2 ** 32 + (words[word + SEQ_WORD] ?? 0);
        const isCommitted = words[word + COMMIT_WORD] === seq % 2 ** 32;
        if (isCommitted && seq >= end && seq < tail + this.capacity) end = seq + 1;
      }
    }
    return end;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#reading === undefined) closeSync(this.#fd);
    else void this.#reading.catch(() => undefined).then(() => closeSync(this.#fd));
  }

  #readNumber(offset: number): number {
    readSync(this.#fd, this.#word, 0, 8, offset);
    return Number(this.#word.readBigUInt64LE());
  }

  #checkHeader(header: Buffer, kind: "records" | "bulk", pid: number): number {
    const fail = (reason: string) => new RingFileError(`Cannot read ring ${this.path}: ${reason}`);
    const magic = header.toString("latin1", ringOffsets.magic, ringOffsets.magic + 8);
    if (magic !== (kind === "records" ? RECORDS_MAGIC : BULK_MAGIC)) throw fail("it is not one of ours");
    const version = header.readUInt32LE(ringOffsets.version);
    if (version !== RING_VERSION) throw fail(`its version is ${version}, ${RING_VERSION} is needed`);
    const owner = header.readUInt32LE(ringOffsets.pid);
    if (owner !== pid) throw fail(`it belongs to process ${owner}, not to ${pid}`);
    const capacity = Number(header.readBigUInt64LE(ringOffsets.capacity));
    const bytes = kind === "records" ? capacity * RECORD_BYTES : capacity;
    const isAllowed =
      kind === "records" ? capacity > 0 && Number.isInteger(Math.log2(capacity)) : capacity > 0 && capacity % 8 === 0;
    if (!isAllowed || bytes > MAX_CAPACITY_BYTES) throw fail(`its capacity is ${capacity}`);
    const size = fstatSync(this.#fd).size;
    if (size < RING_HEADER_BYTES + bytes) throw fail(`it has ${size} bytes, too few for its capacity`);
    return capacity;
  }
}

/** Where a payload stands in its ring. */
export type PayloadPlace = { readonly position: number; readonly bytes: number };

/** Whether a payload reference is one that a healthy agent writes. */
export function isPlausible({ position, bytes }: PayloadPlace, bulk: RingFile): boolean {
  return (
    bytes > 0 &&
    bytes <= MAX_PAYLOAD_BYTES &&
    position % 8 === 0 &&
    Number.isSafeInteger(position) &&
    (position % bulk.capacity) + bytes <= bulk.capacity
  );
}
