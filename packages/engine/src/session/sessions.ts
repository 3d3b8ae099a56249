/** All sessions of this engine, oldest first. */
import { resolve } from "node:path";
import { Emitter } from "@pyprobe/base";
import { type CallArguments, CallError, type SessionId } from "@pyprobe/protocol";
import { type RecordedContent, Session, type SessionParts } from "./session.ts";

export type SessionsEvents = {
  added: Session;
  /** It was closed: nothing more comes of it. */
  removed: Session;
};

type CloseOptions = {
  readonly force: boolean;
  /** Runs when the session's program has ended, and before the session is forgotten. */
  readonly finish: (session: Session) => Promise<void>;
};

export class Sessions {
  readonly events = new Emitter<SessionsEvents>();
  readonly #parts: SessionParts;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #closings = new Map<SessionId, Promise<void>>();
  #count = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Starts a program. Returns at once; `record` is the business of whoever writes recordings. */
  launch({ program, args, cwd, python, probes, limits, hold }: CallArguments<"session.launch">): Session {
    const directory = resolve(cwd ?? process.cwd());
    const absolute = (file: string) => resolve(directory, file);
    const session = Session.launch(
      {
        id: this.#nextId(),
        program: program.kind === "script" ? { kind: "script", path: absolute(program.path) } : program,
        typed: program,
        args,
        cwd: directory,
        python,
        probes: probes.map(({ query, mode }) => ({ query: { ...query, file: absolute(query.file) }, mode })),
        limits: withoutUndefined(limits ?? {}),
        hold,
      },
      this.#parts,
    );
    return this.#add(session);
  }

  /** A recording that was opened: shown like a session whose program has ended. */
  addRecorded(content: RecordedContent): Session {
    return this.#add(Session.recorded(this.#nextId(), content, this.#parts));
  }

  list(): Session[] {
    return [...this.#sessions.values()];
  }

  find(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  get(id: SessionId): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new CallError("no_such_session", `Cannot find session ${id}: there is none`);
    return session;
  }

  /** Stops its program if it runs, and forgets the session. */
  close(id: SessionId, options: CloseOptions): Promise<void> {
    const session = this.get(id);
    const closing = this.#closings.get(id) ?? this.#close(session, options);
    this.#closings.set(id, closing);
    return closing;
  }

  /** Stops every program and waits until all are gone. */
  async stop(): Promise<void> {
    await Promise.all(this.list().map((session) => session.stop()));
  }

  /** Ends every program at once. */
  async dispose(): Promise<void> {
    await Promise.all(this.list().map((session) => session.dispose()));
    this.#sessions.clear();
  }

  async #close(session: Session, { force, finish }: CloseOptions): Promise<void> {
    try {
      await session.stop({ force });
      await session.dispose();
      await finish(session);
    } finally {
      this.#sessions.delete(session.id);
      this.#closings.delete(session.id);
      this.events.emit("removed", session);
      session.log.release();
    }
  }

  #nextId(): SessionId {
    this.#count += 1;
    return `s${this.#count}` as SessionId;
  }

  #add(session: Session): Session {
    this.#sessions.set(session.id, session);
    this.events.emit("added", session);
    return session;
  }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
