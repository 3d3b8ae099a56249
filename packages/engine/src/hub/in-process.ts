/**
 * The API for callers in the engine's own process: the same handlers, checks, events and packets as over a wire. The caller
 * says by a promise when it has taken what it was given; until then nothing more is made for it than fits the bounds.
 */
import { type ApiEvent, CallError, type CallName, type CallParams, type CallResult } from "@pyprobe/protocol";
import { refusalOf, run } from "./dispatch.ts";
import type { Hub } from "./hub.ts";
import type { Outgoing, Transport } from "./transport.ts";

export type InProcessListener = {
  /** A promise holds back what can wait until it settles. */
  readonly onEvent: (event: ApiEvent) => void | Promise<void>;
  readonly onPacket?: (packet: Uint8Array<ArrayBuffer>) => void | Promise<void>;
};

export type EngineLink = {
  /** Throws a `CallError`. */
  call<Name extends CallName>(name: Name, params: CallParams<Name>): Promise<CallResult<Name>>;
  close(): void;
};

export function connectInProcess(hub: Hub, listener: InProcessListener): EngineLink {
  const transport = new InProcessTransport(listener);
  const client = hub.connect(transport);
  return {
    async call<Name extends CallName>(name: Name, params: CallParams<Name>) {
      if (client.isClosed) throw new CallError("internal", `Cannot call ${name}: the link is closed`);
      try {
        return (await run(hub.handlers, { name, params }, client)) as CallResult<Name>;
      } catch (error) {
        throw refusalOf(error, name);
      }
    },
    close: () => hub.disconnect(client),
  };
}

class InProcessTransport implements Transport {
  readonly mayHoldBack = true;
  onDrain: () => void = () => {};
  readonly #listener: InProcessListener;
  #taking = 0;

  constructor(listener: InProcessListener) {
    this.#listener = listener;
  }

  get isCongested(): boolean {
    return this.#taking > 0;
  }

  send(message: Outgoing): void {
    // Replies go back through `call`; only events come here.
    if ("method" in message) this.#track(this.#listener.onEvent(message));
  }

  sendPacket(packet: Uint8Array<ArrayBuffer>): void {
    this.#track(this.#listener.onPacket?.(packet));
  }

  close(): void {}

  #track(taken: void | Promise<void>): void {
    if (taken === undefined) return;
    this.#taking += 1;
    const done = () => {
      this.#taking -= 1;
      if (this.#taking === 0) this.onDrain();
    };
    taken.then(done, done);
  }
}
