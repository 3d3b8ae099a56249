/**
 * One client of the hub, whatever its transport: its views, its subscriptions, the files it looks at and the captures it
 * follows. Everything ends with the link.
 */
import type { Dispose } from "@pyprobe/base";
import { type ApiEvent, CallError, type SessionId } from "@pyprobe/protocol";
import { EventOutbox } from "./event-outbox.ts";
import type { Follower } from "./follower.ts";
import type { Transport } from "./transport.ts";
import type { View } from "./view.ts";

const MAX_VIEWS = 1000;

/** A follower that is this far behind no longer decides the order of other events. */
const MAX_HELD_EVENTS = 1000;

/** Something of a session that ends with the client, named by what it is. */
type Interest = { readonly session: SessionId; readonly what: string };

export class Client {
  readonly views = new Map<number, View>();
  /** What ends with the client, by what it is; asking for the same again changes nothing. */
  readonly #interests = new Map<string, { readonly session: SessionId; readonly dispose: Dispose }>();
  readonly #followers = new Map<SessionId, Follower>();
  readonly #transport: Transport;
  readonly #outbox: EventOutbox;
  /** Events that stand behind captures which this client has not taken yet. */
  #behindCaptures = 0;
  #whenTaken: (() => void)[] = [];
  #isClosed = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#outbox = new EventOutbox({
      send: (event) => transport.send({ jsonrpc: "2.0", ...event }),
      isCongested: () => transport.isCongested,
    });
    transport.onDrain = () => this.#drained();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get mayHoldBack(): boolean {
    return this.#transport.mayHoldBack;
  }

  get isCongested(): boolean {
    return this.#transport.isCongested;
  }

  /** Sends an event of this session, behind all captures that the client follows and that came before it. */
  tell(event: ApiEvent, session?: SessionId): void {
    if (this.#isClosed) return;
    const follower = session === undefined ? undefined : this.#followers.get(session);
    if (follower === undefined || follower.heldCount >= MAX_HELD_EVENTS) this.#outbox.push(event);
    else {
      this.#behindCaptures += 1;
      follower.whenCaughtUp(() => {
        this.#behindCaptures -= 1;
        this.#outbox.push(event);
        this.#settle();
      });
    }
  }

  /** Whether it has been told things that it has not taken yet. */
  get isBehind(): boolean {
    return !this.#isClosed && (this.isCongested || this.#outbox.size > 0 || this.#behindCaptures > 0);
  }

  /** Runs it when the client has taken everything that it was told, or is gone. */
  whenTaken(run: () => void): void {
    if (this.isBehind) this.#whenTaken.push(run);
    else run();
  }

  /** Past the outbox: for what paces itself by `isCongested`. */
  sendNow(event: ApiEvent): void {
    if (!this.#isClosed) this.#transport.send({ jsonrpc: "2.0", ...event });
  }

  sendPacket(packet: Uint8Array<ArrayBuffer>): void {
    if (!this.#isClosed) this.#transport.sendPacket(packet);
  }

  addView(view: View): void {
    if (this.views.size >= MAX_VIEWS)
      throw new CallError("bad_params", `Cannot open view: this client has ${MAX_VIEWS} open already`);
    this.views.set(view.id, view);
  }

  view(id: number): View {
    const view = this.views.get(id);
    if (view === undefined)
      throw new CallError("no_such_view", `Cannot find view ${id}: it was never opened, or it was closed`);
    return view;
  }

  closeView(id: number): void {
    this.view(id).close();
    this.views.delete(id);
    this.drop(`view ${id}`);
  }

  has(what: string): boolean {
    return this.#interests.has(what);
  }

  keep({ session, what }: Interest, dispose: Dispose): void {
    this.#interests.get(what)?.dispose();
    this.#interests.set(what, { session, dispose });
  }

  drop(what: string): void {
    this.#interests.get(what)?.dispose();
    this.#interests.delete(what);
  }

  /** Everything of this session ends: it was closed. */
  leave(session: SessionId): void {
    for (const view of [...this.views.values()]) if (view.session === session) this.closeView(view.id);
    for (const [what, interest] of [...this.#interests]) if (interest.session === session) this.drop(what);
    const follower = this.#followers.get(session);
    if (follower !== undefined) {
      this.#behindCaptures -= follower.heldCount;
      follower.dispose();
      this.#followers.delete(session);
    }
    this.#settle();
  }

  follow(session: SessionId, makeFollower: () => Follower): void {
    if (this.#followers.has(session)) return;
    this.#followers.set(session, makeFollower());
  }

  /** A refusal that ends the link. */
  disconnect(reason: string): void {
    this.#transport.close(reason);
  }

  /** The link is gone. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const view of this.views.values()) view.close();
    this.views.clear();
    for (const follower of this.#followers.values()) follower.dispose();
    this.#followers.clear();
    for (const { dispose } of this.#interests.values()) dispose();
    this.#interests.clear();
    this.#settle();
  }

  #settle(): void {
    if (!this.isBehind) for (const run of this.#whenTaken.splice(0)) run();
  }

  #drained(): void {
    if (this.#isClosed) return;
    this.#outbox.flush();
    for (const follower of this.#followers.values()) follower.pump();
    for (const view of this.views.values()) view.pump();
    this.#settle();
  }
}
