/** One connected client's wire, as the hub sees it. There are two: a WebSocket and a call within this process. */
import type { ApiEvent, RpcReply } from "@pyprobe/protocol";

export type Outgoing = RpcReply | ({ readonly jsonrpc: "2.0" } & ApiEvent);

export type Transport = {
  send(message: Outgoing): void;
  /** Takes the packet over. */
  sendPacket(packet: Uint8Array<ArrayBuffer>): void;
  /** Whether so much waits to be taken by the client that nothing that can wait should be added. */
  readonly isCongested: boolean;
  /** Whether a client on it may make the program wait: one that the user has started for it, not any page that is open. */
  readonly mayHoldBack: boolean;
  /** Called by the transport when `isCongested` is false again. Set by the client's owner. */
  onDrain: () => void;
  close(reason: string): void;
};
