/** Captures of logs, read in a worker. Keeps the columns of the tracks that are looked at, so that each capture is read once. */
import type { ScalarHistory } from "@pyprobe/lens";
import type { ExtremesFinder } from "@pyprobe/plot";
import { RingReader } from "../capture/capture-ring.ts";
import type { LogCapture } from "../capture/capture-source.ts";
import { placeAt } from "../capture/capture-track.ts";
import { MAX_HISTORY_POINTS, ScalarColumns } from "../capture/scalar-columns.ts";
import { SimdExtremes } from "./simd-extremes.ts";

/** Of one worker; the columns that are being looked at stay in any case. */
const MAX_CACHED_BYTES = 32 * 1024 * 1024;
const MAX_CACHED_LOGS = 8;
const ATTEMPTS = 4;

type OpenRing = { readonly ring: RingReader; readonly extremes: SimdExtremes | undefined };
type CachedColumns = { readonly columns: ScalarColumns; nextOrdinal: number; readonly firstOrdinal: number };

export class OverwrittenError extends Error {
  override readonly name = "OverwrittenError";
}

export class LogCaptures {
  readonly #rings = new Map<number, OpenRing>();
  /** By log and track; the one used last is last. */
  readonly #columns = new Map<string, CachedColumns>();

  /** The record in packet form: a view on the ring. What was made of it counts only if `isIntact` afterwards. */
  record(capture: LogCapture): Uint8Array {
    const ring = this.#ring(capture);
    const start = ring.recordOffset(capture.place);
    const length = ring.view.getUint32(start, true);
    if (!ring.isIntact(capture.place)) throw new OverwrittenError();
    return ring.bytes.subarray(start, start + length);
  }

  /** A fast way to find extremes among elements in the log's memory. */
  finder(capture: LogCapture, elements: unknown): ExtremesFinder | undefined {
    return this.#open(capture).extremes?.finder(elements);
  }

  isIntact(capture: LogCapture): boolean {
    return this.#ring(capture).isIntact(capture.place);
  }

  /** The scalars of the capture's track up to it. Valid until the next call. */
  history(capture: LogCapture): ScalarHistory {
    const key = `${capture.log} ${capture.track}`;
    const cached = this.#columns.get(key);
    if (cached !== undefined && this.#isUseful(cached, capture) && this.#extend(cached, capture)) {
      this.#columns.delete(key);
      this.#columns.set(key, cached);
      this.#forgetUnused();
      return cached.columns.historyUntil(capture.ordinal);
    }
    const fresh = this.#read(capture);
    // A look far back must not cost the columns that follow the program.
    if (cached === undefined || fresh.nextOrdinal >= cached.nextOrdinal) this.#columns.set(key, fresh);
    this.#forgetUnused();
    return fresh.columns.historyUntil(capture.ordinal);
  }

  /** Lets go of the log's memory. */
  forget(log: number): void {
    this.#rings.delete(log);
    for (const key of this.#columns.keys()) if (key.startsWith(`${log} `)) this.#columns.delete(key);
  }

  #isUseful({ columns, firstOrdinal }: CachedColumns, capture: LogCapture): boolean {
    return firstOrdinal <= oldestWanted(capture) && columns.reachesBackTo(capture.ordinal);
  }

  #ring(capture: LogCapture): RingReader {
    return this.#open(capture).ring;
  }

  #open(capture: LogCapture): OpenRing {
    let open = this.#rings.get(capture.log);
    if (open === undefined) {
      const { wasm } = capture.ring;
      open = { ring: new RingReader(capture.ring), extremes: wasm && new SimdExtremes(wasm) };
      this.#rings.set(capture.log, open);
      for (const log of this.#rings.keys()) if (this.#rings.size > MAX_CACHED_LOGS) this.#rings.delete(log);
    }
    return open;
  }

  /** Reads a track's columns anew. The oldest captures may go while it reads: then from where the log begins by then. */
  #read(capture: LogCapture): CachedColumns {
    const ring = this.#ring(capture);
    const places = new Uint32Array(capture.places);
    let first = oldestWanted(capture);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      while (first < capture.ordinal && !isThere(ring, placeAt(places, first), capture)) first += 1;
      const cached = { columns: new ScalarColumns(), nextOrdinal: first, firstOrdinal: first };
      cached.columns.earlier = first;
      if (this.#extend(cached, capture)) return cached;
      // Leave the log some way to go while the next attempt reads.
      first = Math.min(capture.ordinal, first + Math.ceil((capture.ordinal - first) / 4));
    }
    throw new OverwrittenError();
  }

  /** False when something that had to be read was written over meanwhile: the columns are then worthless. */
  #extend(cached: CachedColumns, capture: LogCapture): boolean {
    const from = cached.nextOrdinal;
    if (from > capture.ordinal) return true;
    if (from < capture.first) return false;
    const ring = this.#ring(capture);
    const places = new Uint32Array(capture.places);
    const firstPlace = placeAt(places, from);
    for (let ordinal = from; ordinal <= capture.ordinal; ordinal += 1) {
      const start = ring.recordOffset(placeAt(places, ordinal));
      cached.columns.add(ring.view, start, { ordinal, originNs: capture.originNs });
    }
    cached.nextOrdinal = capture.ordinal + 1;
    return isThere(ring, firstPlace, capture);
  }

  #forgetUnused(): void {
    let bytes = 0;
    for (const { columns } of this.#columns.values()) bytes += columns.sizeBytes;
    for (const [key, { columns }] of this.#columns) {
      if (bytes <= MAX_CACHED_BYTES || this.#columns.size === 1) return;
      this.#columns.delete(key);
      bytes -= columns.sizeBytes;
    }
  }
}

function oldestWanted({ first, ordinal }: LogCapture): number {
  return Math.max(first, ordinal + 1 - MAX_HISTORY_POINTS);
}

/**
 * Whether a capture up to the wanted one is still there. The slot of one that is gone may name a newer one, which stands behind
 * the wanted one in the ring.
 */
function isThere(ring: RingReader, place: number, wanted: LogCapture): boolean {
  return ((wanted.place - place) | 0) >= 0 && ring.isIntact(place);
}
