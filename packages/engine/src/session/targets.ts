/** The processes of a run: the program's own, every other one that runs, and of those that have ended the newest. Owned by the run. */
import type { Target } from "@pyprobe/protocol";

/** Of a program with very many short processes, so many that have ended are listed. */
const MAX_ENDED = 32;

export class Targets {
  readonly #maxEnded: number;
  #own: Target | undefined;
  readonly #running = new Map<number, Target>();
  #ended: Target[] = [];
  #earlier = 0;

  constructor(options: { maxEnded?: number } = {}) {
    this.#maxEnded = options.maxEnded ?? MAX_ENDED;
  }

  get list(): Target[] {
    return [...(this.#own === undefined ? [] : [this.#own]), ...this.#ended, ...this.#running.values()];
  }

  /** Processes that ended and are not listed any more. */
  get earlier(): number {
    return this.#earlier;
  }

  joined(target: Target): void {
    if (this.#own === undefined) this.#own = target;
    else this.#running.set(target.pid, target);
  }

  /** Returns the target as it is now. */
  left(pid: number): Target | undefined {
    const found = this.#running.get(pid);
    if (found !== undefined) {
      this.#running.delete(pid);
      this.#addEnded({ ...found, state: "ended" });
      return this.#ended.at(-1);
    }
    if (this.#own?.pid !== pid) return undefined;
    this.#own = { ...this.#own, state: "ended" };
    return this.#own;
  }

  /** As a recording has them. */
  restore(targets: readonly Target[], earlier: number): void {
    [this.#own, ...this.#ended] = targets;
    this.#earlier = earlier;
  }

  #addEnded(target: Target): void {
    this.#ended.push(target);
    if (this.#ended.length <= this.#maxEnded) return;
    this.#ended.shift();
    this.#earlier += 1;
  }
}
