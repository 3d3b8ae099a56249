/** One end of a socket in memory, for tests: what the link sends is kept, and the test plays the engine. */
import type { SocketLike } from "./engine-link.ts";

export type Sent = { readonly id: number; readonly method: string; readonly params: Record<string, unknown> };

export class TestSocket implements SocketLike {
  binaryType = "blob";
  readonly sent: Sent[] = [];
  readonly #target = new EventTarget();
  readonly addEventListener = this.#target.addEventListener.bind(this.#target) as WebSocket["addEventListener"];

  send(data: unknown): void {
    this.sent.push(JSON.parse(String(data)));
  }

  close(): void {
    this.#target.dispatchEvent(new Event("close"));
  }

  open(): void {
    this.#target.dispatchEvent(new Event("open"));
  }

  /** The newest request of this name. */
  request(method: string): Sent {
    const found = this.sent.findLast((sent) => sent.method === method);
    if (found === undefined) throw new Error(`Cannot find ${method}: it was not sent`);
    return found;
  }

  reply(method: string, result: unknown): void {
    this.receive({ jsonrpc: "2.0", id: this.request(method).id, result });
  }

  refuse(method: string, code: string, message: string): void {
    this.receive({ jsonrpc: "2.0", id: this.request(method).id, error: { code: -32000, message, data: { code } } });
  }

  notify(method: string, params: unknown): void {
    this.receive({ jsonrpc: "2.0", method, params });
  }

  receive(message: unknown): void {
    const data = message instanceof ArrayBuffer ? message : JSON.stringify(message);
    this.#target.dispatchEvent(new MessageEvent("message", { data }));
  }
}
