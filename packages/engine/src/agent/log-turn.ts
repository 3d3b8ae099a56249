import { Emitter } from "@pyprobe/base";

/**
 * Who may write to a capture log. A large payload is read into its reservation over several turns of the event loop, and a log
 * has one reservation at a time; whoever else has captures for it waits that long.
 */
export class LogTurn {
  readonly events = new Emitter<{ freed: undefined }>();
  #isTaken = false;

  get isTaken(): boolean {
    return this.#isTaken;
  }

  take(): void {
    if (this.#isTaken) throw new Error("Cannot write to the capture log: somebody else does");
    this.#isTaken = true;
  }

  free(): void {
    this.#isTaken = false;
    this.events.emit("freed", undefined);
  }

  /** Others wait, too, and one of them may be first: look again before writing, without anything awaited in between. */
  async nextFree(): Promise<void> {
    await this.events.next("freed");
  }
}
