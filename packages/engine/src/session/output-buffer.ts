import type { Output } from "@pyprobe/protocol";

const MAX_CHARACTERS = 1_000_000;

/** The newest output of a program, oldest first. Bounded; what had to go is counted. */
export class OutputBuffer {
  readonly #maxCharacters: number;
  #entries: Output[] = [];
  #characters = 0;
  #dropped = 0;

  constructor(options: { maxCharacters?: number } = {}) {
    this.#maxCharacters = options.maxCharacters ?? MAX_CHARACTERS;
  }

  get entries(): readonly Output[] {
    return this.#entries;
  }

  /** Characters that came before the first entry and are gone. */
  get dropped(): number {
    return this.#dropped;
  }

  add(output: Output): void {
    const last = this.#entries.at(-1);
    // Programs write in small pieces; entries of one instant are one entry.
    if (last !== undefined && last.stream === output.stream && output.tMs - last.tMs < 20 && last.text.length < 4096) {
      this.#entries[this.#entries.length - 1] = { ...last, text: last.text + output.text };
    } else {
      this.#entries.push(output);
    }
    this.#characters += output.text.length;
    if (this.#characters > this.#maxCharacters) this.#trim();
  }

  clear(): void {
    this.#entries = [];
    this.#characters = 0;
    this.#dropped = 0;
  }

  #trim(): void {
    let surplus = this.#characters - this.#maxCharacters;
    let count = 0;
    for (const entry of this.#entries) {
      if (entry.text.length > surplus) break;
      surplus -= entry.text.length;
      this.#forget(entry.text.length);
      count += 1;
    }
    this.#entries.splice(0, count);
    const first = this.#entries[0];
    if (surplus > 0 && first !== undefined) {
      this.#entries[0] = { ...first, text: first.text.slice(surplus) };
      this.#forget(surplus);
    }
  }

  #forget(characters: number): void {
    this.#characters -= characters;
    this.#dropped += characters;
  }
}
