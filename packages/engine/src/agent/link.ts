/**
 * The engine's end of the connection to one agent: packets in and out, requests matched with their replies, heartbeat. It
 * knows no meaning of the messages beyond that. What the peer sends is never trusted: anything that is not ours closes the
 * link with a reason and does nothing else.
 */
import type { Socket } from "node:net";
import { createDeferred, type Deferred, Emitter } from "@pyprobe/base";
import {
  type AgentCall,
  type AgentMessage,
  agentMessageSchema,
  type EngineMessage,
  encodeJsonPacket,
  HEARTBEAT_MS,
  LINK_TIMEOUT_MS,
  MAX_PACKET_BYTES,
  PacketDecoder,
} from "@pyprobe/protocol";

/** Until the peer has shown a token it is a stranger, and a stranger says one short thing. */
const MAX_STRANGER_PACKET_BYTES = 64 * 1024;
/** JSON of an agent is small, also counters of a thousand probes; only records are large. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

export class LinkError extends Error {
  override readonly name = "LinkError";
}

/** The agent answered a request with an error. */
export class AgentRefusal extends Error {
  override readonly name = "AgentRefusal";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type LinkEvents = {
  /** A JSON message of a peer that is not trusted yet. */
  stranger: unknown;
  /** Everything but replies, pings and pongs. */
  message: AgentMessage;
  /** Capture records in packet form, one after the other. */
  records: Uint8Array;
  /** Nothing was heard for the time-out, on a link that stays open because its peer's death would be known. */
  silent: undefined;
  /** Once, and nothing after it. No reason: the peer closed it in order. */
  closed: { readonly reason: string | undefined };
};

export type LinkOptions = {
  /** Both ends are on this machine: the kernel tells when the peer dies, so silence alone is no reason to close. */
  readonly isLocal: boolean;
  readonly heartbeatMs?: number;
  readonly timeoutMs?: number;
};

export class Link {
  readonly events = new Emitter<LinkEvents>();
  readonly #socket: Socket;
  readonly #decoder = new PacketDecoder({ maxPacketBytes: MAX_STRANGER_PACKET_BYTES });
  readonly #pending = new Map<number, Deferred<unknown>>();
  readonly #options: Required<LinkOptions>;
  readonly #heartbeat: NodeJS.Timeout;
  #nextRequest = 1;
  #heardAtMs = performance.now();
  #isTrusted = false;
  #isSilent = false;
  #isClosed = false;
  #reason: string | undefined;

  constructor(socket: Socket, options: LinkOptions) {
    this.#socket = socket;
    this.#options = { heartbeatMs: HEARTBEAT_MS, timeoutMs: LINK_TIMEOUT_MS, ...options };
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // The program has ended while something was on its way to it: that is an end like any other.
      const isGone = error.code === "EPIPE" || error.code === "ECONNRESET";
      this.close(isGone ? undefined : `Cannot read from agent: ${error.message}`);
    });
    socket.on("close", () => this.#closed());
    this.#heartbeat = setInterval(() => this.#beat(), this.#options.heartbeatMs);
    this.#heartbeat.unref();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The peer has shown that it is an agent of ours: records may be as large as captures are. */
  trust(): void {
    this.#isTrusted = true;
    this.#decoder.maxPacketBytes = MAX_PACKET_BYTES;
  }

  send(message: EngineMessage): void {
    if (!this.#isClosed && this.#socket.writable) this.#socket.write(encodeJsonPacket(message));
  }

  /** Settles with the agent's result, an `AgentRefusal`, or a `LinkError` when the link closes first. */
  request(call: AgentCall, params: unknown): Promise<unknown> {
    if (this.#isClosed || !this.#socket.writable) return Promise.reject(this.#closedError(call));
    const id = this.#nextRequest;
    this.#nextRequest += 1;
    const reply = createDeferred<unknown>();
    this.#pending.set(id, reply);
    this.send({ type: "request", id, call, params });
    return reply.promise;
  }

  /** Stops reading until `resume`: the agent then waits or counts what it skips. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** What was sent before still goes out. */
  close(reason?: string): void {
    if (this.#isClosed || this.#reason !== undefined) return;
    this.#reason = reason;
    this.#socket.destroySoon();
    // A peer that does not read must not keep the link open.
    setTimeout(() => this.#socket.destroy(), 1000).unref();
    if (reason !== undefined) this.#closed();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    this.#heardAtMs = performance.now();
    this.#isSilent = false;
    try {
      for (const { kind, payload } of this.#decoder.push(chunk)) {
        if (this.#isClosed) return;
        if (kind === "records" && this.#isTrusted) this.events.emit("records", payload);
        else if (this.#isTrusted) this.#message(parseMessage(parseJson(payload)));
        else this.events.emit("stranger", parseJson(payload));
      }
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error));
    }
  }

  #message(message: AgentMessage): void {
    switch (message.type) {
      case "ping":
        this.#sendLater({ type: "pong" });
        return;
      case "pong":
        return;
      case "reply":
        this.#settle(message);
        return;
      default:
        this.events.emit("message", message);
    }
  }

  #settle({ id, result, error }: Extract<AgentMessage, { type: "reply" }>): void {
    const reply = this.#pending.get(id);
    if (reply === undefined) throw new LinkError(`Cannot match reply ${id} of agent: nothing like it was asked`);
    this.#pending.delete(id);
    if (error === undefined) reply.resolve(result);
    else reply.reject(new AgentRefusal(error.code, error.message));
  }

  #beat(): void {
    const silenceMs = performance.now() - this.#heardAtMs;
    if (silenceMs > this.#options.timeoutMs && !this.#socket.isPaused()) {
      if (!this.#options.isLocal) {
        this.close(`Cannot reach agent: nothing was heard for ${Math.round(silenceMs / 1000)} s`);
        return;
      }
      if (!this.#isSilent) this.events.emit("silent", undefined);
      this.#isSilent = true;
    }
    this.#sendLater({ type: "ping" });
  }

  /** After what has already arrived is read: writing to a peer that has gone would throw its last words away. */
  #sendLater(message: EngineMessage): void {
    setImmediate(() => this.send(message));
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const reply of pending) reply.reject(this.#closedError("request"));
    this.events.emit("closed", { reason: this.#reason });
  }

  #closedError(call: string): LinkError {
    return new LinkError(
      `Cannot complete ${call} at agent: the link is closed (${this.#reason ?? "the program ended"})`,
    );
  }
}

function parseJson(payload: Uint8Array): unknown {
  if (payload.length > MAX_JSON_BYTES) {
    throw new LinkError(
      `Cannot read message of agent: it has ${payload.length} bytes, at most ${MAX_JSON_BYTES} are taken`,
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw new LinkError("Cannot read message of agent: it is not JSON", { cause });
  }
}

function parseMessage(json: unknown): AgentMessage {
  const parsed = agentMessageSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join(".") || "its type";
  throw new LinkError(`Cannot read message of agent: ${issue?.message ?? "unknown"} at ${place}`);
}
