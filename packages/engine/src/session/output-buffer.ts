import type { Output } from "@pyprobe/protocol";
import { joinOutput, outputLength } from "./join-output.ts";

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
    const isNear = last !== undefined && output.tMs - last.tMs < 20 && last.text.length < 4096;
    const joined = isNear ? joinOutput(last, output) : undefined;
    if (joined !== undefined) this.#entries[this.#entries.length - 1] = joined;
    else this.#entries.push(output);
    this.#characters += outputLength(output);
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
      // Of bytes there is no part that is as good as the whole.
      if (outputLength(entry) > surplus && (entry.base64 === undefined || surplus <= 0)) break;
      surplus -= outputLength(entry);
      this.#forget(entry);
      count += 1;
    }
    this.#entries.splice(0, count);
    const first = this.#entries[0];
    if (surplus > 0 && first !== undefined) {
      this.#entries[0] = { ...first, text: first.text.slice(surplus) };
      this.#forget({ ...first, text: first.text.slice(0, surplus) });
    }
  }

  #forget(output: Output): void {
    this.#characters -= outputLength(output);
    this.#dropped += output.text.length;
  }
}
