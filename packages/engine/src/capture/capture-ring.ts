/**
 * The memory of a capture log: one SharedArrayBuffer as a ring of entries, oldest first out. The engine's event loop is the
 * only writer; workers read without copies and afterwards ask `isIntact`, because an entry may be written over while it is read.
 *
 * An entry is 8 bytes (u32 track, u32 bytes of the entry) and a capture record in packet form. It never wraps: an entry of
 * track 0 fills the rest of the ring. Places are counted in units of 8 bytes, modulo 2^32; the capacity is a power of two, so that
 * the offset is a mask away and `(a - b) | 0` orders two places.
 */
import { paddedBytes } from "@pyprobe/protocol";

export const ENTRY_HEADER_BYTES = 8;
const FILLER_TRACK = 0;
const MIN_CAPACITY_BYTES = 4096;
const MAX_CAPACITY_BYTES = 8 * 1024 ** 3;
const controlWords = { tail: 0, head: 1 } as const;

/** What a worker needs to read a ring; goes through `postMessage` without a copy. */
export type RingMemory = {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
  /** The same memory for WebAssembly; undefined where it could not be had that way. */
  readonly wasm: WebAssembly.Memory | undefined;
};

const PAGE_BYTES = 65536;
const MOST_PAGES = 65536;

export function createRingMemory(maxBytes: number): RingMemory {
  const bounded = Math.min(Math.max(maxBytes, MIN_CAPACITY_BYTES), MAX_CAPACITY_BYTES);
  const capacity = 2 ** Math.floor(Math.log2(bounded));
  const control = new SharedArrayBuffer(64);
  const wasm = createWasmMemory(capacity);
  return wasm === undefined
    ? { control, data: new SharedArrayBuffer(capacity), wasm }
    : { control, data: wasm.buffer as unknown as SharedArrayBuffer, wasm };
}

/** Undefined when the size is not a number of pages, when an address at its end would not be a number of 32 bits, or when the system does not give the address space that goes with it. */
function createWasmMemory(bytes: number): WebAssembly.Memory | undefined {
  const pages = bytes / PAGE_BYTES;
  if (!Number.isInteger(pages) || pages >= MOST_PAGES) return undefined;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    return undefined;
  }
}

/** Reads entries of a ring, on any thread. */
export class RingReader {
  readonly memory: RingMemory;
  readonly capacityBytes: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly words: Int32Array;
  protected readonly control: Int32Array;
  protected readonly mask: number;

  constructor(memory: RingMemory) {
    this.memory = memory;
    this.capacityBytes = memory.data.byteLength;
    this.bytes = new Uint8Array(memory.data);
    this.view = new DataView(memory.data);
    this.words = new Int32Array(memory.data);
    this.control = new Int32Array(memory.control);
    this.mask = this.capacityBytes / 8 - 1;
  }

  /** A longer record cannot be kept: the filler before it may take as much as the record itself. */
  get maxRecordBytes(): number {
    return this.capacityBytes / 2 - ENTRY_HEADER_BYTES;
  }

  /** The place after the newest entry. */
  get head(): number {
    return Atomics.load(this.control, controlWords.head) >>> 0;
  }

  /** The place of the oldest entry. */
  get tail(): number {
    return Atomics.load(this.control, controlWords.tail) >>> 0;
  }

  /** Byte offset of the record of the entry at `place`. */
  recordOffset(place: number): number {
    return (place & this.mask) * 8 + ENTRY_HEADER_BYTES;
  }

  trackOf(place: number): number {
    return this.view.getUint32((place & this.mask) * 8, true);
  }

  isFiller(place: number): boolean {
    return this.trackOf(place) === FILLER_TRACK;
  }

  nextPlace(place: number): number {
    return (place + this.view.getUint32((place & this.mask) * 8 + 4, true) / 8) >>> 0;
  }

  /** Whether nothing of the entry at `place` has been written over so far. Ask after reading it. */
  isIntact(place: number): boolean {
    // A read-modify-write instead of a load: reads of the entry that stand before it must not move behind it.
    const tail = Atomics.or(this.control, controlWords.tail, 0);
    return ((place - tail) | 0) >= 0;
  }
}

/** Space for one entry that is not visible yet. */
export type Space = { readonly place: number; readonly recordOffset: number };

export class RingWriter extends RingReader {
  #head: number;
  #tail: number;
  #nextHead: number;

  /** `start`: where places begin to count, so that those of a ring before it are older. */
  constructor(memory: RingMemory, start = 0) {
    super(memory);
    this.#head = this.#tail = this.#nextHead = start;
    Atomics.store(this.control, controlWords.head, start);
    Atomics.store(this.control, controlWords.tail, start);
  }

  /** Bytes between the oldest entry and the newest. */
  get usedBytes(): number {
    return ((this.#head - this.#tail) >>> 0) * 8;
  }

  /** Makes space for a record, telling `onEvict` the place of every entry that had to go for it, oldest first. */
  allocate(recordBytes: number, onEvict: (place: number) => void): Space {
    const units = (ENTRY_HEADER_BYTES + paddedBytes(recordBytes)) / 8;
    const total = this.mask + 1;
    const untilEnd = total - (this.#head & this.mask);
    const filler = units <= untilEnd ? 0 : untilEnd;
    if (recordBytes > this.maxRecordBytes) {
      throw new RangeError(`Cannot keep a capture of ${recordBytes} bytes: the log holds ${this.capacityBytes}`);
    }
    this.#evict(filler + units, onEvict);
    if (filler > 0) this.#writeHeader(this.#head, { track: FILLER_TRACK, units: filler });
    const place = (this.#head + filler) >>> 0;
    this.#nextHead = (place + units) >>> 0;
    return { place, recordOffset: this.recordOffset(place) };
  }

  /** Makes the entry that was allocated last visible. */
  publish(place: number, track: number): void {
    this.#writeHeader(place, { track, units: (this.#nextHead - place) >>> 0 });
    this.#head = this.#nextHead;
    Atomics.store(this.control, controlWords.head, this.#head);
  }

  /** Drops every entry that is older than the one at `place`. */
  dropBefore(place: number): void {
    if (((place - this.#tail) | 0) <= 0) return;
    this.#tail = place;
    Atomics.store(this.control, controlWords.tail, place);
  }

  /** Whether an entry of so many bytes would leave everything from `place` on in place. */
  hasRoom(recordBytes: number, place: number): boolean {
    const kept = ((this.#head - place) >>> 0) * 8;
    return kept + 2 * (paddedBytes(recordBytes) + ENTRY_HEADER_BYTES) <= this.capacityBytes;
  }

  #evict(units: number, onEvict: (place: number) => void): void {
    const total = this.mask + 1;
    let tail = this.#tail;
    while (((this.#head - tail) >>> 0) + units > total) {
      if (!this.isFiller(tail)) onEvict(tail);
      tail = this.nextPlace(tail);
    }
    if (tail === this.#tail) return;
    this.#tail = tail;
    Atomics.store(this.control, controlWords.tail, tail);
  }

  #writeHeader(place: number, entry: { track: number; units: number }): void {
    const offset = (place & this.mask) * 8;
    this.view.setUint32(offset, entry.track, true);
    this.view.setUint32(offset + 4, entry.units * 8, true);
  }
}
