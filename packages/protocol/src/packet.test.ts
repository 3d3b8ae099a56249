import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeJsonPacket, encodePacket, type Packet, PacketDecoder, PacketError } from "./packet.ts";

const packets = fc.array(
  fc.record({
    kind: fc.constantFrom("json", "records") as fc.Arbitrary<Packet["kind"]>,
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 12 },
);

test("packets come out as they went in, however the stream is cut", () => {
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1 }), (sent, sizes) => {
      const stream = Buffer.concat(sent.map(encodePacket));
      const decoder = new PacketDecoder();
      const received = cut(stream, sizes).flatMap((chunk) => decoder.push(chunk));
      expect(received.map(plain)).toEqual(sent.map(plain));
    }),
  );
});

test("payloads stay as they are while more arrives", () => {
  const decoder = new PacketDecoder();
  const stream = Buffer.concat(["one", "two", "three"].map((text) => encodeJsonPacket(text)));
  const received = cut(stream, [5, 11]).flatMap((chunk) => decoder.push(chunk));
  expect(received.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()))).toEqual(["one", "two", "three"]);
});

test("bytes that are not packets give a PacketError or nothing, never anything else", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (bytes, sizes) => {
        const decoder = new PacketDecoder({ maxPacketBytes: 1000 });
        try {
          for (const chunk of cut(bytes, sizes)) decoder.push(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(PacketError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  ["an unknown kind", [3, 0, 0, 0, 0, 0, 0, 0]],
  ["a flag", [1, 1, 0, 0, 0, 0, 0, 0]],
  ["reserved bytes in use", [1, 0, 0, 1, 0, 0, 0, 0]],
  ["the beginning of an HTTP request", [...Buffer.from("GET / HTTP/1.1\r\n")]],
])("refuses %s", (_, bytes) => {
  expect(() => new PacketDecoder().push(Uint8Array.from(bytes))).toThrow(
    "Cannot read packet: its header is not one of ours",
  );
});

test("refuses a packet that is announced too large, and takes it once its owner allows it", () => {
  const packet = encodePacket({ kind: "records", payload: new Uint8Array(2000) });
  expect(() => new PacketDecoder({ maxPacketBytes: 1999 }).push(packet.subarray(0, 8))).toThrow(
    "Cannot read packet: 2000 bytes are announced, at most 1999 are taken",
  );
  const decoder = new PacketDecoder({ maxPacketBytes: 10 });
  decoder.maxPacketBytes = 2000;
  expect(decoder.push(packet)).toHaveLength(1);
});

test("an 8 MB packet in chunks of one to 64 KB is copied once: its payload lies in memory of its own size", () => {
  const payload = new Uint8Array(8 * 1024 * 1024).fill(7);
  const stream = encodePacket({ kind: "records", payload });
  const decoder = new PacketDecoder();
  const received = cut(stream, [1, 65536, 1000]).flatMap((chunk) => decoder.push(chunk));
  expect(received).toHaveLength(1);
  expect(received[0]?.payload.buffer.byteLength).toBe(stream.length);
  expect(Buffer.compare(received[0]?.payload ?? new Uint8Array(), payload)).toBe(0);
});

/** The bytes in pieces of these sizes, over and over. */
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (let i = 0; offset < bytes.length; i += 1) {
    const size = sizes.every((n) => n === 0) ? 1 : (sizes[i % sizes.length] ?? 1);
    pieces.push(bytes.slice(offset, offset + size));
    offset += size;
  }
  return pieces;
}

function plain(packet: Packet): unknown {
  return { kind: packet.kind, payload: [...packet.payload] };
}
