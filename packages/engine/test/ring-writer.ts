/** Writes rings as an agent does, with ordinary file writes, so that tests can put any bytes at any time. */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  BULK_MAGIC,
  type CaptureRecord,
  encodeRecord,
  paddedBytes,
  RECORD_BYTES,
  RECORDS_MAGIC,
  RING_HEADER_BYTES,
  RING_VERSION,
  recordOffsets,
  ringOffsets,
} from "@pyprobe/protocol";

export type RingWriterOptions = {
  readonly directory: string;
  readonly pid: number;
  readonly slots?: number;
  readonly bulkBytes?: number;
};

export class RingFileWriter {
  readonly recordsPath: string;
  readonly bulkPath: string;
  readonly slots: number;
  readonly bulkBytes: number;
  readonly #records: number;
  readonly #bulk: number;
  #position = 0;

  constructor({ directory, pid, slots = 1024, bulkBytes = 1024 * 1024 }: RingWriterOptions) {
    this.slots = slots;
    this.bulkBytes = bulkBytes;
    this.recordsPath = join(directory, `${pid}-1.records`);
    this.bulkPath = join(directory, `${pid}-1.bulk`);
    this.#records = createRing(this.recordsPath, {
      magic: RECORDS_MAGIC,
      pid,
      capacity: slots,
      bytes: slots * RECORD_BYTES,
    });
    this.#bulk = createRing(this.bulkPath, { magic: BULK_MAGIC, pid, capacity: bulkBytes, bytes: bulkBytes });
  }

  get tail(): number {
    return readTail(this.#records);
  }

  get bulkTail(): number {
    return readTail(this.#bulk);
  }

  /** Writes and commits one record; a payload goes to the bulk ring. */
  write(record: CaptureRecord): void {
    this.writeSlot(record.seq, this.#slotBytes(record));
  }

  /** As `write`, without the commit: the slot stays a hole until `commit`. */
  writeUncommitted(record: CaptureRecord): void {
    const bytes = this.#slotBytes(record);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(recordOffsets.commit, 0, true);
    this.writeSlot(record.seq, bytes);
  }

  writeSlot(seq: number, bytes: Uint8Array): void {
    writeSync(this.#records, bytes, 0, RECORD_BYTES, RING_HEADER_BYTES + (seq & (this.slots - 1)) * RECORD_BYTES);
  }

  /** Many records without payloads at once; they must not wrap. */
  writeRun(firstSeq: number, bytes: Uint8Array): void {
    writeSync(this.#records, bytes, 0, bytes.length, RING_HEADER_BYTES + (firstSeq & (this.slots - 1)) * RECORD_BYTES);
  }

  writeLimit(limit: number): void {
    const word = Buffer.alloc(8);
    word.writeBigUInt64LE(BigInt(limit));
    writeSync(this.#records, word, 0, 8, ringOffsets.limit);
  }

  close(): void {
    closeSync(this.#records);
    closeSync(this.#bulk);
  }

  #slotBytes(record: CaptureRecord): Uint8Array {
    const whole = encodeRecord(record);
    if (record.value.kind !== "payload") return whole;
    const slot = whole.slice(0, RECORD_BYTES);
    const position = this.#place(record.value.bytes);
    new DataView(slot.buffer).setBigUint64(recordOffsets.value, BigInt(position), true);
    return slot;
  }

  #place(payload: Uint8Array): number {
    const left = this.bulkBytes - (this.#position % this.bulkBytes);
    if (payload.length > left) this.#position += left;
    const position = this.#position;
    writeSync(this.#bulk, payload, 0, payload.length, RING_HEADER_BYTES + (position % this.bulkBytes));
    this.#position += paddedBytes(payload.length);
    return position;
  }
}

function createRing(path: string, ring: { magic: string; pid: number; capacity: number; bytes: number }): number {
  const file = openSync(path, "wx+", 0o600);
  ftruncateSync(file, RING_HEADER_BYTES + ring.bytes);
  const header = Buffer.alloc(RING_HEADER_BYTES);
  header.write(ring.magic, ringOffsets.magic, "latin1");
  header.writeUInt32LE(RING_VERSION, ringOffsets.version);
  header.writeUInt32LE(ring.pid, ringOffsets.pid);
  header.writeBigUInt64LE(BigInt(ring.capacity), ringOffsets.capacity);
  header.writeBigUInt64LE(process.hrtime.bigint(), ringOffsets.epoch);
  header.writeBigUInt64LE(BigInt(Date.now()) * 1_000_000n, ringOffsets.wall);
  writeSync(file, header);
  return file;
}

function readTail(file: number): number {
  const word = Buffer.alloc(8);
  readSync(file, word, 0, 8, ringOffsets.tail);
  return Number(word.readBigUInt64LE());
}
