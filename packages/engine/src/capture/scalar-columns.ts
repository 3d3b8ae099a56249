/**
 * The scalar captures of one track as columns, read from the ring once and then only added to. Lives in a worker. Holds the
 * newest `maxPoints` at least, and a quarter more at most.
 */
import type { ScalarHistory } from "@pyprobe/lens";
import { decodeBigintPayload, payloadKinds, RECORD_BYTES, recordKinds, recordOffsets } from "@pyprobe/protocol";
import { nsSince } from "./capture-record-fields.ts";

export const MAX_HISTORY_POINTS = 500_000;
/** How many more are kept before the oldest are moved out, as a share. */
const SLACK = 0.25;
const INITIAL_POINTS = 64;

export class ScalarColumns {
  readonly #maxPoints: number;
  #count = 0;
  #tNs = new Float64Array(INITIAL_POINTS);
  #re = new Float64Array(INITIAL_POINTS);
  #im: Float64Array<ArrayBuffer> | undefined;
  /** Low 32 bits of the capture's ordinal. */
  #ordinals = new Uint32Array(INITIAL_POINTS);
  #earlier = 0;

  constructor(options: { maxPoints?: number } = {}) {
    this.#maxPoints = options.maxPoints ?? MAX_HISTORY_POINTS;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    const { byteLength } = this.#re;
    return byteLength + this.#tNs.byteLength + (this.#im?.byteLength ?? 0) + this.#ordinals.byteLength;
  }

  /** Whether the columns reach back to this capture. */
  reachesBackTo(ordinal: number): boolean {
    return this.#count === 0 || ((ordinal - (this.#ordinals[0] ?? 0)) | 0) >= 0;
  }

  /** Scalars that came before the first one here. */
  set earlier(count: number) {
    this.#earlier = count;
  }

  /** Adds the record that starts at `start`, unless it is no scalar. */
  add(view: DataView, start: number, capture: { ordinal: number; originNs: bigint }): void {
    const at = start + recordOffsets.value;
    switch (view.getUint16(start + recordOffsets.kind, true)) {
      case recordKinds.float:
        this.#push(view.getFloat64(at, true));
        break;
      case recordKinds.int:
        this.#push(signedAt(view, at));
        break;
      case recordKinds.uint:
        this.#push(unsignedAt(view, at));
        break;
      case recordKinds.complex:
        this.#pushComplex(view.getFloat64(at, true), view.getFloat64(at + 8, true));
        break;
      case recordKinds.payload:
        if (view.getUint32(start + recordOffsets.payloadKind, true) !== payloadKinds.bigint) return;
        this.#push(bigintAt(view, start));
        break;
      default:
        return;
    }
    this.#tNs[this.#count - 1] = nsSince(view, start, capture.originNs);
    this.#ordinals[this.#count - 1] = capture.ordinal;
  }

  /** `im`: of complex numbers only. `ordinal` grows with each. */
  addValue({ re, im, tNs, ordinal }: { re: number; im: number | undefined; tNs: number; ordinal: number }): void {
    if (im === undefined) this.#push(re);
    else this.#pushComplex(re, im);
    this.#tNs[this.#count - 1] = tNs;
    this.#ordinals[this.#count - 1] = ordinal;
  }

  /** Up to and including the capture with this ordinal. Views on the columns: valid until the next `add`. */
  historyUntil(ordinal: number): ScalarHistory {
    const end = this.#indexAfter(ordinal);
    const begin = Math.max(0, end - this.#maxPoints);
    return {
      tNs: this.#tNs.subarray(begin, end),
      re: this.#re.subarray(begin, end),
      im: this.#im?.subarray(begin, end),
      earlier: this.#earlier + begin,
    };
  }

  #push(re: number): void {
    if (this.#count === this.#re.length) this.#makeRoom();
    this.#re[this.#count] = re;
    if (this.#im !== undefined) this.#im[this.#count] = 0;
    this.#count += 1;
  }

  #pushComplex(re: number, im: number): void {
    this.#im ??= new Float64Array(this.#re.length);
    this.#push(re);
    this.#im[this.#count - 1] = im;
  }

  #makeRoom(): void {
    const surplus = this.#count - this.#maxPoints;
    const most = Math.ceil(this.#maxPoints * (1 + SLACK));
    if (this.#count >= most) {
      for (const column of [this.#tNs, this.#re, this.#im, this.#ordinals]) column?.copyWithin(0, surplus);
      this.#count = this.#maxPoints;
      this.#earlier += surplus;
      return;
    }
    const length = Math.min(this.#re.length * 2, most);
    this.#tNs = grown(this.#tNs, length);
    this.#re = grown(this.#re, length);
    if (this.#im !== undefined) this.#im = grown(this.#im, length);
    const ordinals = new Uint32Array(length);
    ordinals.set(this.#ordinals);
    this.#ordinals = ordinals;
  }

  #indexAfter(ordinal: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((((this.#ordinals[middle] ?? 0) - ordinal) | 0) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}

function signedAt(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

function unsignedAt(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

function bigintAt(view: DataView, start: number): number {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, view.getUint32(start, true));
  return Number(decodeBigintPayload(bytes.subarray(RECORD_BYTES)));
}
