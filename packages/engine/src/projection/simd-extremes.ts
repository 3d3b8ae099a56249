/**
 * Where the extremes of float64 samples are, two samples an instruction: WebAssembly on the memory of the capture log itself, half the
 * time of the same search in JavaScript (1.3 ms instead of 2.3 for a million samples that no cache holds). Of one log and one worker.
 */
import type { Extremes, ExtremesFinder } from "@pyprobe/plot";
import { extremesModule } from "./extremes-kernel.ts";

type Exports = {
  /** Of the samples between two addresses; 0 when one is not finite. */
  readonly extremes: (start: number, end: number) => number;
  readonly min: { readonly value: number };
  readonly max: { readonly value: number };
  readonly minAt: { readonly value: number };
  readonly maxAt: { readonly value: number };
};

const SAMPLE_BYTES = 8;

export class SimdExtremes {
  readonly #exports: Exports;
  readonly #buffer: ArrayBufferLike;

  constructor(memory: WebAssembly.Memory) {
    this.#buffer = memory.buffer;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(extremesModule()), { engine: { memory } });
    this.#exports = instance.exports as unknown as Exports;
  }

  /** For samples in this memory; others are not its matter. */
  finder(samples: unknown): ExtremesFinder | undefined {
    if (!(samples instanceof Float64Array) || samples.buffer !== this.#buffer) return undefined;
    const { byteOffset } = samples;
    return (start, end, found) => this.#find(byteOffset, start, end, found);
  }

  #find(origin: number, start: number, end: number, found: Extremes): void {
    const { extremes, min, max, minAt, maxAt } = this.#exports;
    found.hasNan = extremes(origin + start * SAMPLE_BYTES, origin + end * SAMPLE_BYTES) === 0;
    found.min = min.value;
    found.max = max.value;
    // Addresses are unsigned; JavaScript sees them as signed.
    found.minIndex = ((minAt.value >>> 0) - origin) / SAMPLE_BYTES;
    found.maxIndex = ((maxAt.value >>> 0) - origin) / SAMPLE_BYTES;
  }
}
