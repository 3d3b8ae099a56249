/** For tests: a client on a real WebSocket. */
import { once } from "node:events";
import { createDeferred, type Deferred, Emitter } from "@pyprobe/base";
import {
  type ApiEvent,
  type CallName,
  type CallParams,
  type CallResult,
  callErrorOf,
  decodeViewPacket,
  type EventName,
  type EventParams,
  type RpcReply,
  type ViewPacket,
} from "@pyprobe/protocol";
import { WebSocket } from "ws";

export class TestClient {
  readonly socket: WebSocket;
  readonly arrivals = new Emitter<{ packet: ViewPacket; event: ApiEvent }>();
  readonly packets: ViewPacket[] = [];
  readonly events: ApiEvent[] = [];
  readonly #pending = new Map<number, Deferred<unknown>>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on("close", () => {
      for (const { reject } of this.#pending.values()) reject(new Error("the link closed"));
    });
  }

  static async connect(server: { port: number; token: string }): Promise<TestClient> {
    const headers = { authorization: `Bearer ${server.token}` };
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers });
    const client = new TestClient(socket);
    await once(socket, "open");
    return client;
  }

  call<Name extends CallName>(name: Name, params: CallParams<Name>): Promise<CallResult<Name>> {
    const id = this.#nextId++;
    const deferred = createDeferred<unknown>();
    this.#pending.set(id, deferred);
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: name, params }));
    return deferred.promise as Promise<CallResult<Name>>;
  }

  /** The next packet that is like this, or one that came already and was not taken. */
  async packet(isLike: (packet: ViewPacket) => boolean = () => true): Promise<ViewPacket> {
    for (;;) {
      const index = this.packets.findIndex(isLike);
      const [found] = index < 0 ? [] : this.packets.splice(0, index + 1).slice(-1);
      if (found !== undefined) return found;
      await this.arrivals.next("packet");
    }
  }

  async event<Name extends EventName>(
    method: Name,
    isLike: (params: EventParams<Name>) => boolean = () => true,
  ): Promise<EventParams<Name>> {
    for (;;) {
      const index = this.events.findIndex(
        (event) => event.method === method && isLike(event.params as EventParams<Name>),
      );
      const [found] = index < 0 ? [] : this.events.splice(0, index + 1).slice(-1);
      if (found !== undefined) return found.params as EventParams<Name>;
      await this.arrivals.next("event");
    }
  }

  async close(): Promise<void> {
    const closed = once(this.socket, "close");
    this.socket.close();
    await closed;
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const packet = decodeViewPacket(new Uint8Array(data).buffer);
      this.packets.push(packet);
      this.arrivals.emit("packet", packet);
      return;
    }
    const message: RpcReply | ({ jsonrpc: "2.0" } & ApiEvent) = JSON.parse(data.toString());
    if ("method" in message) {
      this.events.push(message);
      this.arrivals.emit("event", message);
      return;
    }
    const deferred = this.#pending.get(Number(message.id));
    this.#pending.delete(Number(message.id));
    if (message.error === undefined) deferred?.resolve(message.result);
    else deferred?.reject(callErrorOf(message));
  }
}
