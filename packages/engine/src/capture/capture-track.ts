/**
 * The captures of one probe in one process during one run, oldest first: a circular column of places in the ring, four bytes a
 * capture. A capture's ordinal counts from 0 and never changes; `first` is the oldest one still kept. Written by the event loop;
 * workers get the column's memory and a range of ordinals, and ask the ring whether what they read was intact.
 */
const INITIAL_PLACES = 64;

export type PlacesMemory = SharedArrayBuffer;

export class CaptureTrack {
  /** As entries in the ring name it. */
  readonly number: number;
  readonly probe: number;
  readonly pid: number;
  readonly run: number;
  /** The process's monotonic clock when the run began. */
  readonly originNs: bigint;
  /** Ordinal of the oldest capture kept, which is also how many were dropped. */
  first = 0;
  /** Ordinal after the newest capture, which is also how many there were. */
  end = 0;
  /** The newest seq, 0 before the first capture. */
  lastSeq = 0;
  /** Payload and record bytes of all captures so far. */
  totalBytes = 0;
  #places: Uint32Array = new Uint32Array(new SharedArrayBuffer(INITIAL_PLACES * 4));

  constructor(options: { number: number; probe: number; pid: number; run: number; originNs: bigint }) {
    this.number = options.number;
    this.probe = options.probe;
    this.pid = options.pid;
    this.run = options.run;
    this.originNs = options.originNs;
  }

  get kept(): number {
    return this.end - this.first;
  }

  /** The column as it is now; a longer one replaces it as it grows. Ordinal n stands at `n & (length - 1)`. */
  get placesMemory(): PlacesMemory {
    return this.#places.buffer as SharedArrayBuffer;
  }

  placeOf(ordinal: number): number {
    if (ordinal < this.first || ordinal >= this.end)
      throw new RangeError(
        `Cannot read capture ${ordinal} of p${this.probe}: kept are ${this.first} to ${this.end - 1}`,
      );
    return placeAt(this.#places, ordinal);
  }

  push(place: number): void {
    if (this.end - this.first === this.#places.length) this.#grow();
    this.#places[ordinalSlot(this.#places, this.end)] = place;
    this.end += 1;
  }

  dropOldest(): void {
    this.first += 1;
  }

  /** Drops all that is kept. Returns how many there were. */
  dropAll(): number {
    const dropped = this.end - this.first;
    this.first = this.end;
    return dropped;
  }

  #grow(): void {
    const old = this.#places;
    const grown = new Uint32Array(new SharedArrayBuffer(old.byteLength * 2));
    for (let ordinal = this.first; ordinal < this.end; ordinal += 1) {
      grown[ordinalSlot(grown, ordinal)] = placeAt(old, ordinal);
    }
    this.#places = grown;
  }
}

export function placeAt(places: Uint32Array, ordinal: number): number {
  return places[ordinalSlot(places, ordinal)] ?? 0;
}

/** Lengths are powers of two below 2^31; ordinals may be larger than that. */
function ordinalSlot(places: Uint32Array, ordinal: number): number {
  return ordinal % places.length;
}
