/** The agent's end of a link, spoken by hand, for tests that send what a real agent never would. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  encodeJsonPacket,
  encodePacket,
  type Hello,
  PacketDecoder,
  PROTOCOL_VERSION,
  PYPROBE_VERSION,
} from "@pyprobe/protocol";

export type Received = { readonly type: string } & Readonly<Record<string, unknown>>;

export function helloWith(changes: Partial<Record<keyof Hello, unknown>>): Record<string, unknown> {
  return {
    type: "hello",
    protocol: PROTOCOL_VERSION,
    agent: PYPROBE_VERSION,
    token: "",
    python: "3.13.0",
    implementation: "cpython",
    pid: 4242,
    parent: null,
    executable: "/usr/bin/python3",
    mechanism: "monitoring",
    features: [],
    argv: ["app.py"],
    cwd: "/",
    ...changes,
  };
}

export class AgentPeer {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #decoder = new PacketDecoder();
  readonly #received: Received[] = [];
  readonly #waiting: ((message: Received) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const { payload } of this.#decoder.push(chunk)) this.#take(JSON.parse(new TextDecoder().decode(payload)));
    });
  }

  static async connect(address: string): Promise<AgentPeer> {
    const [, kind, where = ""] = /^(\w+):(.*)$/.exec(address) ?? [];
    const socket = kind === "tcp" ? connect(Number(where.split(":")[1]), "127.0.0.1") : connect(where);
    await once(socket, "connect");
    return new AgentPeer(socket);
  }

  send(message: unknown): void {
    this.sendBytes(encodeJsonPacket(message));
  }

  sendRecords(payload: Uint8Array): void {
    this.sendBytes(encodePacket({ kind: "records", payload }));
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** The next message that is not a heartbeat. */
  next(): Promise<Received> {
    const message = this.#received.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(message: Received): void {
    if (message.type === "ping" || message.type === "pong") return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#received.push(message);
    else waiting(message);
  }
}
