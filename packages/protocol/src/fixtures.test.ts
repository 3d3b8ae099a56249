/** The bytes of the contract, as they stand in `fixtures/`. The Python side of this test is python/pyprobe_tracer/tests/test_fixtures.py. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bytesOf, type Fixture, payloadOf, type RecordJson, type RingJson, recordOf } from "../fixtures/fixture.ts";
import { fixtureFiles, fixturesFolder } from "../fixtures/generate.ts";
import { parseHex } from "../fixtures/hex.ts";
import { agentCalls, agentMessageSchema, agentRequestSchema, refusedSchema, welcomeSchema } from "./agent-messages.ts";
import { decodeRecord, decodeRecords, encodeRecord, RecordError, recordOffsets } from "./capture-record.ts";
import { PacketDecoder, PacketError } from "./packet.ts";
import {
  decodeArrayPayload,
  decodeBigintPayload,
  decodeTextPayload,
  decodeTreePayload,
  encodeArrayPayload,
  encodeBigintPayload,
  encodeTextPayload,
  encodeTreePayload,
} from "./payload.ts";
import { RING_HEADER_BYTES, ringOffsets } from "./ring-layout.ts";

const fixtures = readFixtures();

test("the files are what the generator writes (node packages/protocol/fixtures/generate.ts)", () => {
  const onDisk = readdirSync(fixturesFolder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".json") || name.endsWith(".hex"));
  const expected = fixtureFiles();
  expect(onDisk.sort()).toEqual([...expected.keys()].sort());
  for (const [name, text] of expected) expect(readFileSync(join(fixturesFolder, name), "utf8"), name).toBe(text);
});

describe.each(fixtures)("$fixture.name ($fixture.kind)", ({ fixture, bytes }) => {
  test("its meaning encodes to its bytes", () => {
    expect(hexOf(bytesOf(fixture))).toBe(hexOf(bytes));
  });

  test("its bytes decode to its meaning", () => {
    expectDecoded(fixture, bytes);
  });
});

function expectDecoded(fixture: Fixture, bytes: Uint8Array): void {
  switch (fixture.kind) {
    case "record":
      expect(decodeRecord(bytes)).toEqual(recordOf(fixture.record));
      return;
    case "slot":
      expect(slotFields(bytes)).toEqual(expectedSlotFields(fixture.record));
      return;
    case "payload": {
      const [decode, encode] = payloadCodecs[fixture.value.payload];
      expect(hexOf(encode(decode(bytes) as never))).toBe(hexOf(bytes));
      expect(decode(bytes)).toEqual(decode(payloadOf(fixture.value)));
      return;
    }
    case "ring":
      expect(ringFields(bytes)).toEqual(fixture.ring);
      return;
    case "records_packet": {
      const [packet] = new PacketDecoder().push(bytes);
      expect([...decodeRecords(packet?.payload ?? new Uint8Array(1))]).toEqual(fixture.records.map(recordOf));
      return;
    }
    case "json_packet":
      expect(readMessage(fixture.from, bytes)).toEqual(fixture.message);
      return;
    case "broken":
      expect(() => brokenDecoders[fixture.decoder](bytes)).toThrow(
        fixture.decoder === "packet" ? PacketError : RecordError,
      );
      return;
  }
}

const payloadCodecs = {
  array: [decodeArrayPayload, encodeArrayPayload],
  text: [decodeTextPayload, encodeTextPayload],
  tree: [decodeTreePayload, encodeTreePayload],
  bigint: [decodeBigintPayload, encodeBigintPayload],
} as const;

const brokenDecoders = {
  packet: (bytes: Uint8Array) => new PacketDecoder().push(bytes),
  record: decodeRecord,
  array: decodeArrayPayload,
  text: decodeTextPayload,
  tree: decodeTreePayload,
  bigint: decodeBigintPayload,
};

/** The message, as the schema of its direction lets it through. */
function readMessage(from: "agent" | "engine", bytes: Uint8Array): unknown {
  const [packet] = new PacketDecoder().push(bytes);
  expect(packet?.kind).toBe("json");
  const message: { type: string; call: string; params: unknown } = JSON.parse(
    new TextDecoder().decode(packet?.payload),
  );
  if (from === "agent") return agentMessageSchema.parse(message);
  if (message.type === "welcome") return welcomeSchema.parse(message);
  if (message.type === "refused") return refusedSchema.parse(message);
  const request = agentRequestSchema.parse(message);
  const call = agentCalls[message.call as keyof typeof agentCalls];
  return { ...request, params: call.params.parse(request.params) };
}

function ringFields(bytes: Uint8Array): RingJson {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  expect(bytes.length).toBe(RING_HEADER_BYTES);
  const u64 = (offset: number) => view.getBigUint64(offset, true);
  return {
    magic: new TextDecoder().decode(bytes.subarray(ringOffsets.magic, ringOffsets.version)),
    version: view.getUint32(ringOffsets.version, true),
    pid: view.getUint32(ringOffsets.pid, true),
    capacity: Number(u64(ringOffsets.capacity)),
    epoch: String(u64(ringOffsets.epoch)),
    wall: String(u64(ringOffsets.wall)),
    tail: Number(u64(ringOffsets.tail)),
    limit: Number(u64(ringOffsets.limit)),
  };
}

function slotFields(bytes: Uint8Array): Record<string, unknown> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    length: view.getUint32(recordOffsets.length, true),
    seq: view.getBigUint64(recordOffsets.seq, true),
    commit: view.getUint32(recordOffsets.commit, true),
    value: view.getBigUint64(recordOffsets.value, true),
    payloadBytes: view.getUint32(recordOffsets.payloadBytes, true),
  };
}

function expectedSlotFields({ seq, value, ...rest }: RecordJson): Record<string, unknown> {
  const common = { seq: BigInt(seq), commit: seq };
  if (value.kind === "reference")
    return { ...common, length: 64 + value.bytes, value: BigInt(value.position), payloadBytes: value.bytes };
  return { ...slotFields(encodeRecord(recordOf({ seq, value, ...rest }))), ...common, length: 64 };
}

function readFixtures(): { fixture: Fixture; bytes: Uint8Array }[] {
  const read = (name: string): string => readFileSync(join(fixturesFolder, name), "utf8");
  const index: { name: string }[] = JSON.parse(read("index.json"));
  return index.map(({ name }) => ({
    fixture: { name, ...JSON.parse(read(`${name}.json`)) },
    bytes: parseHex(read(`${name}.hex`)),
  }));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
