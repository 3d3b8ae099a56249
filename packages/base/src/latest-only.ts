/**
 * At most one job runs at a time; of the jobs asked for meanwhile only the newest runs next.
 * `replaced` tells how many were dropped since the last one that ran, so that the drop can be shown.
 */
export class LatestOnly {
  #isRunning = false;
  #waiting: ((replaced: number) => Promise<void>) | undefined;
  #replaced = 0;

  run(job: (replaced: number) => Promise<void>): void {
    if (this.#isRunning) {
      if (this.#waiting !== undefined) this.#replaced += 1;
      this.#waiting = job;
      return;
    }
    this.#isRunning = true;
    void this.#loop(job);
  }

  async #loop(first: (replaced: number) => Promise<void>): Promise<void> {
    let job: ((replaced: number) => Promise<void>) | undefined = first;
    try {
      while (job !== undefined) {
        const replaced = this.#replaced;
        this.#replaced = 0;
        this.#waiting = undefined;
        await job(replaced);
        job = this.#waiting;
      }
    } finally {
      this.#isRunning = false;
    }
  }
}
