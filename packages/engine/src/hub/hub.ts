/**
 * Between sessions and clients: who subscribed to what, which feed belongs to which session, and the one table of handlers
 * that every transport uses. Owned by the engine.
 */
import type { Interpreter, SessionId } from "@pyprobe/protocol";
import { CapturesInLog } from "../capture/captures-in-log.ts";
import type { Projector } from "../capture/projector.ts";
import type { Recordings } from "../recording/recordings.ts";
import type { Session } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import { Client } from "./client.ts";
import { createHandlers, type Handlers } from "./handlers.ts";
import { SessionFeed } from "./session-feed.ts";
import type { SessionSources } from "./session-sources.ts";
import type { Transport } from "./transport.ts";

export type HubParts = {
  readonly sessions: Sessions;
  readonly sources: SessionSources;
  readonly projector: Projector;
  readonly recordings: Recordings;
  readonly listInterpreters: (near: string | undefined) => Promise<Interpreter[]>;
  /** A client asked for the end of the engine. */
  readonly onShutdown: () => void;
};

export class Hub {
  readonly parts: HubParts;
  readonly handlers: Handlers;
  readonly #clients = new Set<Client>();
  readonly #feeds = new Map<SessionId, SessionFeed>();
  #viewCount = 0;
  #isPageComing = false;

  constructor(parts: HubParts) {
    this.parts = parts;
    this.handlers = createHandlers(this);
    parts.sessions.events.on("added", (session) => this.#add(session));
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** A client on this transport. The transport calls `close` on it when the link is gone. */
  connect(transport: Transport): Client {
    const client = new Client(transport);
    this.#clients.add(client);
    return client;
  }

  disconnect(client: Client): void {
    this.#clients.delete(client);
    client.close();
  }

  feed(id: SessionId): SessionFeed {
    this.parts.sessions.get(id);
    const feed = this.#feeds.get(id);
    if (feed === undefined) throw new Error(`Cannot find the feed of session ${id}`);
    return feed;
  }

  /** A browser asked for the page: while it reads that, the code which it will show is made ready. */
  expectPage(): void {
    if (this.#isPageComing) return;
    this.#isPageComing = true;
    for (const session of this.parts.sessions.list()) void this.parts.sources.prepare(session);
  }

  nextViewId(): number {
    this.#viewCount += 1;
    return this.#viewCount;
  }

  async record(session: Session, path: string): Promise<void> {
    const { recordings, sources } = this.parts;
    await recordings.record(session, path, (file) => sources.open(session, file));
  }

  openRecording(path: string): Session {
    return this.parts.sessions.addRecorded(this.parts.recordings.open(path));
  }

  dispose(): void {
    for (const client of this.#clients) {
      client.disconnect("the engine is closing");
      client.close();
    }
    this.#clients.clear();
    for (const feed of this.#feeds.values()) feed.dispose();
    this.#feeds.clear();
  }

  #add(session: Session): void {
    const captures =
      this.parts.recordings.findCaptures(session.log) ?? new CapturesInLog(session.log, Number(session.id.slice(1)));
    this.#feeds.set(session.id, new SessionFeed(session, { captures, projector: this.parts.projector }));
    // To everybody: who does not look at this session yet still lists it.
    const tell = () => {
      const { info } = session;
      for (const client of this.#clients) client.tell({ method: "session.changed", params: { info } }, session.id);
    };
    session.events.on("changed", tell);
    tell();
    if (this.#isPageComing) void this.parts.sources.prepare(session);
  }
}
