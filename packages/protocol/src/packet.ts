/**
 * Framing on the agent link: an 8-byte header and a payload, little-endian.
 *
 *     offset  size  field
 *     0       u8    kind      1 JSON message, 2 capture records
 *     1       u8    flags     0
 *     2       u16   reserved  0
 *     4       u32   length    of the payload, in bytes
 */
export const PACKET_HEADER_BYTES = 8;
/** A longer packet closes the link. Above the largest capture (see `MAX_PAYLOAD_BYTES`) with room for its record. */
export const MAX_PACKET_BYTES = 80 * 1024 * 1024;

export const packetKinds = { json: 1, records: 2 } as const;
export type PacketKind = keyof typeof packetKinds;
export type Packet = { readonly kind: PacketKind; readonly payload: Uint8Array };

export class PacketError extends Error {
  override readonly name = "PacketError";
}

export function encodePacket(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(PACKET_HEADER_BYTES + packet.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, packetKinds[packet.kind]);
  view.setUint32(4, packet.payload.length, true);
  bytes.set(packet.payload, PACKET_HEADER_BYTES);
  return bytes;
}

export function encodeJsonPacket(message: unknown): Uint8Array {
  return encodePacket({ kind: "json", payload: new TextEncoder().encode(JSON.stringify(message)) });
}

/**
 * Collects the bytes of a stream and gives whole packets. Throws a `PacketError` on a header that no version of us writes;
 * the stream is then beyond repair and its owner closes it.
 */
export class PacketDecoder {
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  readonly #maxPacketBytes: number;

  constructor(options: { maxPacketBytes?: number } = {}) {
    this.#maxPacketBytes = options.maxPacketBytes ?? MAX_PACKET_BYTES;
  }

  /** The packets completed by `chunk`. Their payloads are views that stay valid. */
  push(chunk: Uint8Array): Packet[] {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    const packets: Packet[] = [];
    for (;;) {
      if (this.#bufferedBytes < PACKET_HEADER_BYTES) return packets;
      const header = this.#peek(PACKET_HEADER_BYTES);
      const kind = kindOf(header.getUint8(0));
      const length = header.getUint32(4, true);
      if (kind === undefined || header.getUint8(1) !== 0 || header.getUint16(2, true) !== 0) {
        throw new PacketError(
          "Cannot read packet: its header is not one of ours (the peer does not speak this protocol)",
        );
      }
      if (length > this.#maxPacketBytes) {
        throw new PacketError(
          `Cannot read packet: ${length} bytes are announced, at most ${this.#maxPacketBytes} are taken`,
        );
      }
      if (this.#bufferedBytes < PACKET_HEADER_BYTES + length) return packets;
      const bytes = this.#take(PACKET_HEADER_BYTES + length);
      packets.push({ kind, payload: bytes.subarray(PACKET_HEADER_BYTES) });
    }
  }

  #peek(count: number): DataView {
    const first = this.#chunks[0];
    if (first === undefined || first.length < count) this.#chunks = [concat(this.#chunks, this.#bufferedBytes)];
    const head = this.#chunks[0] ?? new Uint8Array();
    return new DataView(head.buffer, head.byteOffset, count);
  }

  #take(count: number): Uint8Array {
    const first = this.#chunks[0];
    const whole = first !== undefined && first.length >= count ? first : concat(this.#chunks, this.#bufferedBytes);
    if (whole !== first) this.#chunks = [whole];
    const rest = whole.subarray(count);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#bufferedBytes -= count;
    return whole.subarray(0, count);
  }
}

function kindOf(code: number): PacketKind | undefined {
  for (const kind of ["json", "records"] as const) if (packetKinds[kind] === code) return kind;
  return undefined;
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
