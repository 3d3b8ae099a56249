/**
 * At most one job runs at a time; of the jobs asked for meanwhile only the newest runs next.
 * `replaced` tells how many were dropped since the last one that ran, so that the drop can be shown.
 * A job that throws does not stop the next one: the error goes to `onError`, or is thrown where nobody can overlook it.
 */
export class LatestOnly {
  #isRunning = false;
  #waiting: ((replaced: number) => Promise<void>) | undefined;
  #replaced = 0;
  readonly #onError: (error: unknown) => void;

  constructor(options: { onError?: (error: unknown) => void } = {}) {
    this.#onError = options.onError ?? throwLater;
  }

  run(job: (replaced: number) => Promise<void>): void {
    if (this.#waiting !== undefined) this.#replaced += 1;
    this.#waiting = job;
    if (!this.#isRunning) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting !== undefined) {
      const job = this.#waiting;
      const replaced = this.#replaced;
      this.#waiting = undefined;
      this.#replaced = 0;
      try {
        await job(replaced);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#isRunning = false;
  }
}

/** Outside of every promise, where the process's own handler for uncaught errors sees it. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
