/**
 * Writes to a stream no faster than its reader reads: `write` resolves when there is room again, so whoever awaits it waits as well and
 * nothing piles up. A reader that went away is a state, not an error.
 */
import type { Writable } from "node:stream";

export class Writer {
  readonly #stream: Writable;
  #isClosed = false;
  #onClosed: (() => void) | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", () => this.#close());
  }

  /** True when the reader went away: what is written from now on goes nowhere. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Called once, when the reader went away. */
  set onClosed(listener: () => void) {
    this.#onClosed = listener;
    if (this.#isClosed) listener();
  }

  write(written: string | Uint8Array): Promise<void> {
    if (this.#isClosed || written.length === 0 || this.#stream.write(written)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#stream.removeListener("drain", done);
        this.#stream.removeListener("error", done);
        this.#stream.removeListener("close", done);
        resolve();
      };
      this.#stream.on("drain", done).on("error", done).on("close", done);
    });
  }

  /** Resolves when everything has reached the operating system. */
  flush(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#stream.write("", () => resolve()));
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed?.();
  }
}
