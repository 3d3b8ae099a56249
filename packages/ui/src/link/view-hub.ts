/**
 * The open views of this page: gives each packet to its view, acknowledges what was taken, and opens everything again after a
 * reconnection, when the engine has forgotten the old ids.
 */
import type { Dispose } from "@pyprobe/base";
import type { ProbeId, SessionId, ViewPacket, ViewRequest } from "@pyprobe/protocol";
import { type EngineLink, LinkClosedError } from "./engine-link.ts";

export type ViewTarget = { readonly session: SessionId; readonly probe: ProbeId };

export class ViewHub {
  readonly link: EngineLink;
  readonly #open = new Map<number, OpenView>();
  readonly #all = new Set<OpenView>();
  /** Packets drawn, by view, that the engine has not been told of. */
  #drawn = new Map<number, number>();
  readonly #disposers: Dispose[];

  constructor(link: EngineLink) {
    this.link = link;
    this.#disposers = [
      link.on("packet", (packet) => this.#open.get(packet.head.view)?.receive(packet)),
      link.on("state", (state) => {
        this.#open.clear();
        if (state.kind === "open") for (const view of this.#all) void view.reopen();
      }),
    ];
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
  }

  /** `onPacket` gets every packet that arrives; `onRefused` the reason when the engine does not open the view. */
  open(
    target: ViewTarget,
    request: ViewRequest,
    listener: { onPacket: (packet: ViewPacket) => void; onRefused: (reason: string) => void },
  ): OpenView {
    const view = new OpenView(this, target, request, listener);
    this.#all.add(view);
    void view.reopen();
    return view;
  }

  register(id: number, view: OpenView): void {
    this.#open.set(id, view);
  }

  /** Tells the engine when all that is drawn in this go is through: one message for an animation frame, however many scopes it has. */
  acknowledge(view: number, drawn: number): void {
    if (this.#drawn.size === 0) queueMicrotask(() => this.#tellDrawn());
    this.#drawn.set(view, drawn);
  }

  #tellDrawn(): void {
    const views = [...this.#drawn].map(([view, drawn]) => ({ view, drawn }));
    this.#drawn = new Map();
    // When it does not arrive the link is closed, and the views are opened anew.
    this.link.call("view.ack_all", { views }).catch(() => {});
  }

  forget(id: number | undefined, view: OpenView): void {
    if (id !== undefined) this.#open.delete(id);
    this.#all.delete(view);
  }
}

export class OpenView {
  readonly #hub: ViewHub;
  readonly #target: ViewTarget;
  readonly #listener: { onPacket: (packet: ViewPacket) => void; onRefused: (reason: string) => void };
  #request: ViewRequest;
  #sentRequest: ViewRequest | undefined;
  #id: number | undefined;
  #received = 0;
  #acknowledged = 0;
  #isClosed = false;

  constructor(hub: ViewHub, target: ViewTarget, request: ViewRequest, listener: OpenView["listener"]) {
    this.#hub = hub;
    this.#target = target;
    this.#request = request;
    this.#listener = listener;
  }

  get listener() {
    return this.#listener;
  }

  async reopen(): Promise<void> {
    if (this.#hub.link.state.kind !== "open" || this.#isClosed) return;
    this.#id = undefined;
    this.#received = 0;
    this.#acknowledged = 0;
    const request = this.#request;
    try {
      const { view } = await this.#hub.link.call("view.open", { ...this.#target, request });
      if (this.#isClosed) {
        this.#ignore(this.#hub.link.call("view.close", { view }));
        return;
      }
      this.#id = view;
      this.#sentRequest = request;
      this.#hub.register(view, this);
      if (this.#request !== request) this.update(this.#request);
    } catch (cause) {
      if (!(cause instanceof LinkClosedError))
        this.#listener.onRefused(cause instanceof Error ? cause.message : String(cause));
    }
  }

  update(request: ViewRequest): void {
    this.#request = request;
    if (this.#id === undefined || request === this.#sentRequest) return;
    this.#sentRequest = request;
    this.#ignore(this.#hub.link.call("view.update", { view: this.#id, request }));
  }

  receive(packet: ViewPacket): void {
    this.#received += 1;
    this.#listener.onPacket(packet);
  }

  /** Tells the engine that all packets so far are drawn, or replaced by one that is: it may send more. */
  acknowledge(): void {
    if (this.#id === undefined || this.#received === this.#acknowledged) return;
    this.#acknowledged = this.#received;
    this.#hub.acknowledge(this.#id, this.#received);
  }

  close(): void {
    this.#isClosed = true;
    this.#hub.forget(this.#id, this);
    if (this.#id !== undefined) this.#ignore(this.#hub.link.call("view.close", { view: this.#id }));
  }

  /** Of these calls only the effect matters: a view that is gone on the other side is reopened or closed by other means. */
  #ignore(promise: Promise<unknown>): void {
    promise.catch(() => {});
  }
}
