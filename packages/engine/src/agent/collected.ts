import { type ProbeId, probeIdOf } from "@pyprobe/protocol";
import type { CollectedTotals } from "../session/adapter.ts";

const MAX_PROBE_NUMBER = 65535;

/** Counts what arrived from one process, by the probe numbers in the records. Made for millions of calls a second. */
export class Collected {
  #captures = new Float64Array(64);
  #bytes = new Float64Array(64);
  #isChanged = new Uint8Array(64);
  #changed: number[] = [];
  #lost = new Map<ProbeId, number>();
  /** Records that are lost and do not say whose they were. */
  unattributed = 0;

  add(probe: number, bytes: number): void {
    if (probe >= this.#captures.length) this.#grow(probe);
    this.#captures[probe] = (this.#captures[probe] ?? 0) + 1;
    this.#bytes[probe] = (this.#bytes[probe] ?? 0) + bytes;
    if (this.#isChanged[probe] === 1) return;
    this.#isChanged[probe] = 1;
    this.#changed.push(probe);
  }

  /** A record that will never come. `probe` is 0 when it is not known. */
  lose(probe: number): void {
    if (probe === 0 || probe > MAX_PROBE_NUMBER) {
      this.unattributed += 1;
      return;
    }
    const id = probeIdOf(probe);
    this.#lost.set(id, (this.#lost.get(id) ?? 0) + 1);
  }

  captures(probe: number): number {
    return this.#captures[probe] ?? 0;
  }

  get lost(): ReadonlyMap<ProbeId, number> {
    return this.#lost;
  }

  /** The totals of the probes that got something since the last call. */
  takeChanged(): CollectedTotals[] {
    const totals = this.#changed.map((probe) => ({
      probe: probeIdOf(probe),
      captures: this.#captures[probe] ?? 0,
      bytes: this.#bytes[probe] ?? 0,
    }));
    for (const probe of this.#changed) this.#isChanged[probe] = 0;
    this.#changed = [];
    return totals;
  }

  #grow(probe: number): void {
    const length = 2 ** Math.ceil(Math.log2(probe + 1));
    const [captures, bytes, isChanged] = [this.#captures, this.#bytes, this.#isChanged];
    this.#captures = new Float64Array(length);
    this.#bytes = new Float64Array(length);
    this.#isChanged = new Uint8Array(length);
    this.#captures.set(captures);
    this.#bytes.set(bytes);
    this.#isChanged.set(isChanged);
  }
}
