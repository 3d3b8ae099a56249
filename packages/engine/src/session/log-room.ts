/**
 * The memory that all capture logs of an engine may take together. Whenever a run begins, the logs of the sessions that ended first
 * are released until there is room for it. What runs is never cut short: each log has its own bound.
 */
import type { LogUsage } from "../capture/capture-log.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

const MIB = 1024 ** 2;

export type LogRoomOptions = {
  readonly maxBytes: number;
  /** Called before a log is released: what is being recorded of it has to be in its file first. */
  readonly settle: (session: Session) => Promise<void>;
};

export class LogRoom {
  readonly #sessions: Sessions;
  readonly #options: LogRoomOptions;
  /** Those that ended, in that order. */
  readonly #over = new Set<Session>();
  #making: Promise<void> = Promise.resolve();

  constructor(sessions: Sessions, options: LogRoomOptions) {
    this.#sessions = sessions;
    this.#options = options;
    sessions.events.on("added", (session) => this.#watch(session));
    sessions.events.on("removed", (session) => this.#over.delete(session));
  }

  #watch(session: Session): void {
    session.events.on("changed", () => this.#changed(session));
    session.events.on("run_started", () => this.#makeLater());
    this.#makeLater();
  }

  #changed(session: Session): void {
    if (!isOver(session)) this.#over.delete(session);
    else this.#over.add(session);
  }

  #makeLater(): void {
    this.#making = this.#making.then(() => this.#make());
  }

  async #make(): Promise<void> {
    for (const session of this.#over) {
      if (this.#takenBytes() <= this.#options.maxBytes) return;
      if (keptBytes(session.log.usage) === 0) continue;
      await this.#options.settle(session);
      // It may have been started again meanwhile.
      if (this.#over.has(session)) this.#release(session);
    }
  }

  #release(session: Session): void {
    session.log.release();
    const maxMiB = Math.round(this.#options.maxBytes / MIB);
    const message = `The captures of session ${session.id} were let go of: the engine keeps ${maxMiB} MiB of them, and newer runs need the room (record a session to keep all of it)`;
    session.events.emit("notice", { level: "warning", message });
    session.events.emit("counters", []);
  }

  #takenBytes(): number {
    const taken = this.#sessions.list().map((session) => {
      const { usage } = session.log;
      return isOver(session) ? keptBytes(usage) : usage.maxBytes;
    });
    return taken.reduce((sum, bytes) => sum + bytes, 0);
  }
}

function isOver({ state: { kind } }: Session): boolean {
  return kind === "ended" || kind === "failed";
}

/** One that has been full once has touched all of its memory. */
function keptBytes({ bytes, maxBytes, dropped, isReleased }: LogUsage): number {
  if (isReleased) return 0;
  return dropped > 0 ? maxBytes : bytes;
}
