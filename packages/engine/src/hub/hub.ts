/**
 * Between sessions and clients: who subscribed to what, which feed belongs to which session, and the one table of handlers
 * that every transport uses. Owned by the engine.
 */
import type { SessionId } from "@pyprobe/protocol";
import { CapturesInLog } from "../capture/captures-in-log.ts";
import type { Session } from "../session/session.ts";
import { Client } from "./client.ts";
import { createHandlers, type HandlerHub, type Handlers } from "./handlers.ts";
import type { HubParts } from "./hub-parts.ts";
import { SessionFeed } from "./session-feed.ts";
import type { Transport } from "./transport.ts";

export class Hub implements HandlerHub {
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
    parts.sessions.events.on("removed", (session) => this.#remove(session));
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

  async closeSession(id: SessionId, options: { force: boolean }): Promise<void> {
    const { sessions, recordings } = this.parts;
    await sessions.close(id, { ...options, finish: (session) => recordings.finish(session) });
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

  #remove({ id }: Session): void {
    this.#feeds.get(id)?.dispose();
    this.#feeds.delete(id);
    for (const client of this.#clients) {
      client.leave(id);
      client.tell({ method: "session.closed", params: { session: id } });
    }
  }
}
