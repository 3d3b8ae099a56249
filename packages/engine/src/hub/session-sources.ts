/** The sources of sessions as the hub's clients see them: opened, and told of when they change. */
import { resolve } from "node:path";
import type { Dispose } from "@pyprobe/base";
import type { SourceSymbols } from "@pyprobe/protocol";
import type { Session } from "../session/session.ts";
import type { SourceOwner } from "../source/source-owner.ts";
import type { Sources } from "../source/sources.ts";

export type OpenedSource = { readonly text: string; readonly symbols: SourceSymbols };

export class SessionSources {
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  list(session: Session): Promise<string[]> {
    return this.#sources.list(session);
  }

  open(session: Session, file: string): Promise<OpenedSource> {
    return this.#sources.open(session, file);
  }

  /** Finds the names in the program's own file before anybody asks: that takes an interpreter's start. Never throws. */
  async prepare(owner: SourceOwner): Promise<void> {
    try {
      await owner.prepared;
      if (owner.info.mainFile !== null) await this.#sources.open(owner, owner.info.mainFile);
    } catch {
      // Who opens the file is told what is wrong with it.
    }
  }

  /** Calls `listener` with each new text, in order, until disposed of. The sources of a recording do not change. */
  watch(session: Session, file: string, listener: (source: OpenedSource) => void): Dispose {
    if (session.storedSources !== undefined) return () => {};
    let reading: Promise<void> = Promise.resolve();
    let isDisposed = false;
    const read = async () => {
      try {
        const source = await this.#sources.open(session, file);
        if (!isDisposed) listener(source);
      } catch {
        // It was removed, or is being replaced: the next change has a text again.
      }
    };
    const dispose = this.#sources.watch(resolve(session.info.cwd, file), () => {
      reading = reading.then(read);
    });
    return () => {
      isDisposed = true;
      dispose();
    };
  }
}
