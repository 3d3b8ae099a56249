/**
 * What a bucket with gaps must keep: the first and the last finite sample, the smallest and the largest, the first and the
 * last NaN, the first infinity of each sign. Owned by one line scan and reused from bucket to bucket.
 */
export class Landmarks {
  min = Infinity;
  max = -Infinity;
  nanCount = 0;
  infiniteCount = 0;
  #first = -1;
  #last = -1;
  #minAt = -1;
  #maxAt = -1;
  #firstNan = -1;
  #lastNan = -1;
  #plusAt = -1;
  #minusAt = -1;

  clear(): void {
    this.min = Infinity;
    this.max = -Infinity;
    this.nanCount = 0;
    this.infiniteCount = 0;
    this.#first = this.#last = this.#minAt = this.#maxAt = -1;
    this.#firstNan = this.#lastNan = this.#plusAt = this.#minusAt = -1;
  }

  /** Adds `values[0], values[stride], …` below `elements` as the samples from number `firstSample` on. */
  add(values: Float64Array, elements: number, stride: number, firstSample: number): void {
    let { min, max, nanCount } = this;
    let sample = firstSample;
    for (let i = 0; i < elements; i += stride, sample++) {
      const v = values[i] as number;
      // NaN for NaN and the infinities, 0 for all other numbers.
      if (v - v === 0) {
        if (this.#first < 0) this.#first = sample;
        this.#last = sample;
        if (v < min) {
          min = v;
          this.#minAt = sample;
        }
        if (v > max) {
          max = v;
          this.#maxAt = sample;
        }
      } else if (Number.isNaN(v)) {
        nanCount += 1;
        if (this.#firstNan < 0) this.#firstNan = sample;
        this.#lastNan = sample;
      } else this.#addInfinity(v, sample);
    }
    this.min = min;
    this.max = max;
    this.nanCount = nanCount;
  }

  /** The samples to keep, ascending, each once. */
  positions(): number[] {
    const all = [
      this.#first,
      this.#last,
      this.#minAt,
      this.#maxAt,
      this.#firstNan,
      this.#lastNan,
      this.#plusAt,
      this.#minusAt,
    ];
    all.sort((a, b) => a - b);
    return all.filter((position, i) => position >= 0 && position !== all[i - 1]);
  }

  #addInfinity(value: number, sample: number): void {
    this.infiniteCount += 1;
    if (value > 0 && this.#plusAt < 0) this.#plusAt = sample;
    if (value < 0 && this.#minusAt < 0) this.#minusAt = sample;
  }
}
