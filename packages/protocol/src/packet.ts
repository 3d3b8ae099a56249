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
 * the stream is then beyond repair and its owner closes it. Every byte is copied at most once, however the stream is cut.
 */
export class PacketDecoder {
  /** The largest packet taken. Its owner may raise it once the peer has said who it is. */
  maxPacketBytes: number;
  /** The packet that is arriving: first only its header, then all of it. `#filledBytes` of it are there. */
  #arriving = new Uint8Array(PACKET_HEADER_BYTES);
  #filledBytes = 0;

  constructor(options: { maxPacketBytes?: number } = {}) {
    this.maxPacketBytes = options.maxPacketBytes ?? MAX_PACKET_BYTES;
  }

  /** The packets completed by `chunk`. Their payloads are views, on `chunk` or on memory of their own, that stay valid. */
  push(chunk: Uint8Array): Packet[] {
    const packets: Packet[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#filledBytes === 0) {
        const whole = this.#readWhole(chunk, offset);
        if (whole !== undefined) {
          packets.push(whole);
          offset += PACKET_HEADER_BYTES + whole.payload.length;
          continue;
        }
      }
      offset += this.#fill(chunk, offset);
      if (this.#filledBytes === this.#arriving.length) this.#finishStep(packets);
    }
    return packets;
  }

  /** The packet at `offset` when all of it lies in `chunk`: no copy. */
  #readWhole(chunk: Uint8Array, offset: number): Packet | undefined {
    if (chunk.length - offset < PACKET_HEADER_BYTES) return undefined;
    const { kind, length } = this.#readHeader(chunk, offset);
    const start = offset + PACKET_HEADER_BYTES;
    return start + length > chunk.length ? undefined : { kind, payload: chunk.subarray(start, start + length) };
  }

  #fill(chunk: Uint8Array, offset: number): number {
    const count = Math.min(this.#arriving.length - this.#filledBytes, chunk.length - offset);
    this.#arriving.set(chunk.subarray(offset, offset + count), this.#filledBytes);
    this.#filledBytes += count;
    return count;
  }

  /** The header is complete: make room for the packet. Or the packet is complete: hand it over. */
  #finishStep(packets: Packet[]): void {
    const { kind, length } = this.#readHeader(this.#arriving, 0);
    const size = PACKET_HEADER_BYTES + length;
    if (this.#filledBytes < size) {
      const header = this.#arriving;
      this.#arriving = new Uint8Array(size);
      this.#arriving.set(header);
      return;
    }
    packets.push({ kind, payload: this.#arriving.subarray(PACKET_HEADER_BYTES) });
    this.#arriving = new Uint8Array(PACKET_HEADER_BYTES);
    this.#filledBytes = 0;
  }

  #readHeader(bytes: Uint8Array, offset: number): { kind: PacketKind; length: number } {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, PACKET_HEADER_BYTES);
    const kind = kindOf(view.getUint8(0));
    const length = view.getUint32(4, true);
    if (kind === undefined || view.getUint8(1) !== 0 || view.getUint16(2, true) !== 0)
      throw new PacketError(
        "Cannot read packet: its header is not one of ours (the peer does not speak this protocol)",
      );
    if (length > this.maxPacketBytes)
      throw new PacketError(
        `Cannot read packet: ${length} bytes are announced, at most ${this.maxPacketBytes} are taken`,
      );
    return { kind, length };
  }
}

function kindOf(code: number): PacketKind | undefined {
  for (const kind of ["json", "records"] as const) if (packetKinds[kind] === code) return kind;
  return undefined;
}
