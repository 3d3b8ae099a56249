/** One WebSocket as a transport of the hub. Text is JSON-RPC, binary from the engine is view packets; clients send no binary. */
import { CallError, rpcError, rpcRequestSchema } from "@pyprobe/protocol";
import type { RawData, WebSocket } from "ws";
import { dispatch } from "./dispatch.ts";
import type { Hub } from "./hub.ts";
import type { Outgoing, Transport } from "./transport.ts";

/** A client that has this much to take gets nothing more that can wait. */
const CONGESTED_BYTES = 1024 * 1024;
/** Replies cannot wait; a client that asks without ever reading is let go. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
const MAX_OPEN_REQUESTS = 1000;
const HEARTBEAT_MS = 15_000;

export class WebSocketTransport implements Transport {
  readonly mayHoldBack = false;
  onDrain: () => void = () => {};
  readonly #socket: WebSocket;
  #wasCongested = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get isCongested(): boolean {
    if (this.#socket.bufferedAmount < CONGESTED_BYTES) return false;
    this.#wasCongested = true;
    return true;
  }

  send(message: Outgoing): void {
    this.#write(JSON.stringify(message));
  }

  sendPacket(packet: Uint8Array<ArrayBuffer>): void {
    this.#write(packet);
  }

  close(reason: string): void {
    this.#socket.close(1001, reason);
  }

  #write(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(data, () => {
      if (!this.#wasCongested || this.isCongested) return;
      this.#wasCongested = false;
      this.onDrain();
    });
  }
}

/** Serves a socket until it closes. */
export function serveWebSocket(hub: Hub, socket: WebSocket): void {
  const transport = new WebSocketTransport(socket);
  const client = hub.connect(transport);
  let open = 0;
  let isAlive = true;
  const heartbeat = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, HEARTBEAT_MS);
  heartbeat.unref();
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("close", () => {
    clearInterval(heartbeat);
    hub.disconnect(client);
  });
  // `close` follows; there is nobody to tell.
  socket.on("error", () => {});
  socket.on("message", async (data: RawData, isBinary: boolean) => {
    isAlive = true;
    const request = isBinary ? new CallError("bad_params", "Cannot read message: it is not text") : parseRequest(data);
    if (request instanceof CallError) {
      transport.send(rpcError(null, request));
      return;
    }
    if (open >= MAX_OPEN_REQUESTS) {
      const busy = new CallError("internal", `Cannot call ${request.method}: ${open} requests are not answered yet`);
      transport.send(rpcError(request.id, busy));
      return;
    }
    open += 1;
    const reply = await dispatch(hub.handlers, request, client);
    open -= 1;
    transport.send(reply);
  });
}

function parseRequest(data: RawData): (ReturnType<typeof rpcRequestSchema.parse> & { params: unknown }) | CallError {
  let json: unknown;
  try {
    json = JSON.parse(String(data));
  } catch (cause) {
    return new CallError("bad_params", "Cannot read message: it is not JSON", { cause });
  }
  const parsed = rpcRequestSchema.safeParse(json);
  if (!parsed.success)
    return new CallError("bad_params", "Cannot read message: it is not a JSON-RPC 2.0 request with an id");
  return { ...parsed.data, params: parsed.data.params };
}
