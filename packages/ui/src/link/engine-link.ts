/**
 * The page's one WebSocket to the engine. Owns the socket, the pending requests and the reconnecting. Requests settle always: by
 * their reply, by a refusal, or by the link's closing. Lives as long as the page.
 */
import { createDeferred, type Deferred, type Dispose, Emitter } from "@pyprobe/base";
import {
  type ApiEvent,
  CallError,
  type CallName,
  type CallParams,
  type CallResult,
  callErrorOf,
  calls,
  decodeViewPacket,
  events,
  type RpcReply,
  rpcNotificationSchema,
  rpcReplySchema,
  type ViewPacket,
} from "@pyprobe/protocol";
import { backoffMs } from "./backoff.ts";

export type LinkState =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "open" }
  /** `reason`: why the engine did not let this page in, where that is known. */
  | { readonly kind: "waiting"; readonly attempt: number; readonly retryAtMs: number; readonly reason?: string };

export type LinkEvents = {
  state: LinkState;
  event: ApiEvent;
  packet: ViewPacket;
  /** Something the engine sent that this page cannot read. */
  unreadable: string;
};

/** What the link needs of a WebSocket: the browser's own, or the one a test gives. */
export type SocketLike = Pick<WebSocket, "send" | "close" | "addEventListener"> & { binaryType: string };

export class LinkClosedError extends Error {
  override readonly name = "LinkClosedError";
}

type Pending = { readonly name: CallName; readonly deferred: Deferred<unknown> };

export class EngineLink {
  readonly #openSocket: () => SocketLike;
  readonly #explain: () => Promise<string | undefined>;
  readonly #emitter = new Emitter<LinkEvents>();
  readonly #pending = new Map<number, Pending>();
  #socket: SocketLike | undefined;
  #nextId = 1;
  #attempt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #state: LinkState = { kind: "connecting", attempt: 0 };

  /** `explain` is asked after an attempt that was turned away: browsers do not tell a page why a socket did not open. */
  constructor(openSocket: () => SocketLike, explain: () => Promise<string | undefined> = async () => undefined) {
    this.#openSocket = openSocket;
    this.#explain = explain;
  }

  get state(): LinkState {
    return this.#state;
  }

  on<Name extends keyof LinkEvents>(name: Name, listener: (event: LinkEvents[Name]) => void): Dispose {
    return this.#emitter.on(name, listener);
  }

  start(): void {
    this.#connect();
  }

  /** Tries at once, when it is waiting to try again. */
  retryNow(): void {
    if (this.#state.kind !== "waiting") return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
    this.#failPending();
  }

  /** Rejects with a `CallError` that the engine gave, or with a `LinkClosedError`. */
  call<Name extends CallName>(name: Name, params: CallParams<Name>): Promise<CallResult<Name>> {
    const socket = this.#socket;
    if (socket === undefined || this.#state.kind !== "open") {
      return Promise.reject(new LinkClosedError(`Cannot ask for ${name}: the engine is not connected (reconnecting)`));
    }
    const id = this.#nextId++;
    const deferred = createDeferred<unknown>();
    this.#pending.set(id, { name, deferred });
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: name, params }));
    return deferred.promise as Promise<CallResult<Name>>;
  }

  #connect(): void {
    this.#attempt += 1;
    this.#setState({ kind: "connecting", attempt: this.#attempt });
    const socket = this.#openSocket();
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#attempt = 0;
      this.#setState({ kind: "open" });
    });
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", () => {
      if (this.#socket === socket) void this.#lose();
    });
  }

  async #lose(): Promise<void> {
    const wasOpen = this.#state.kind === "open";
    this.#socket = undefined;
    this.#failPending();
    if (this.#isClosed) return;
    const delayMs = backoffMs(this.#attempt);
    const waiting: LinkState = { kind: "waiting", attempt: this.#attempt, retryAtMs: Date.now() + delayMs };
    this.#setState(waiting);
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs);
    const reason = wasOpen ? undefined : await this.#explain();
    if (reason !== undefined && this.#state === waiting) this.#setState({ ...waiting, reason });
  }

  #failPending(): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { name, deferred } of lost) {
      deferred.reject(new LinkClosedError(`Cannot finish ${name}: the link to the engine closed (reconnecting)`));
    }
  }

  #receive(data: unknown): void {
    try {
      if (data instanceof ArrayBuffer) this.#emitter.emit("packet", decodeViewPacket(data));
      else if (typeof data === "string") this.#receiveJson(JSON.parse(data));
    } catch (cause) {
      this.#emitter.emit("unreadable", cause instanceof Error ? cause.message : String(cause));
    }
  }

  #receiveJson(message: unknown): void {
    const reply = rpcReplySchema.safeParse(message);
    if (reply.success) {
      this.#settle(reply.data);
      return;
    }
    const { method, params } = rpcNotificationSchema.parse(message);
    // An engine that is newer than this page may send events we do not know; they are not for us.
    if (!Object.hasOwn(events, method)) return;
    const name = method as keyof typeof events;
    this.#emitter.emit("event", { method: name, params: events[name].params.parse(params) } as ApiEvent);
  }

  #settle(reply: RpcReply): void {
    const pending = this.#pending.get(Number(reply.id));
    if (pending === undefined) return;
    this.#pending.delete(Number(reply.id));
    if (reply.error !== undefined) {
      pending.deferred.reject(callErrorOf(reply));
      return;
    }
    const parsed = calls[pending.name].result.safeParse(reply.result);
    if (parsed.success) pending.deferred.resolve(parsed.data);
    else {
      pending.deferred.reject(
        new CallError("internal", `Cannot read the reply to ${pending.name}: ${parsed.error.message}`),
      );
    }
  }

  #setState(state: LinkState): void {
    this.#state = state;
    this.#emitter.emit("state", state);
  }
}

/** The engine that served this page. The cookie set with the page is the key. */
export function openEngineSocket(): SocketLike {
  const url = new URL("ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return new WebSocket(url);
}

/** Why the engine turns this page away. Undefined while nothing answers at all. */
export async function explainRefusal(): Promise<string | undefined> {
  try {
    const response = await fetch(new URL(".", document.baseURI), { method: "HEAD", cache: "no-store" });
    if (response.status !== 401) return undefined;
    return "Another PyProbe answers at this address now. Open the whole address that it printed; this page then goes on.";
  } catch {
    return undefined;
  }
}
