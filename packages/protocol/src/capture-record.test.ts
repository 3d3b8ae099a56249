import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CaptureRecord,
  decodeRecord,
  decodeRecords,
  encodeRecord,
  paddedBytes,
  RECORD_BYTES,
  RecordError,
  type RecordValue,
  recordOffsets,
  scalarTypes,
} from "./capture-record.ts";

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const scalarType = fc.constantFrom(...scalarTypes.filter((type) => type !== ""));
const value: fc.Arbitrary<RecordValue> = fc.oneof(
  fc.record({ kind: fc.constant("float" as const), type: scalarType, value: fc.double() }),
  fc.record({ kind: fc.constant("int" as const), type: scalarType, value: whole(-(2n ** 63n), 2n ** 63n - 1n) }),
  fc.record({ kind: fc.constant("uint" as const), type: scalarType, value: whole(0n, 2n ** 64n - 1n) }),
  fc.record({ kind: fc.constant("complex" as const), type: scalarType, re: fc.double(), im: fc.double() }),
  fc.constant({ kind: "none" as const }),
  fc.record({
    kind: fc.constant("payload" as const),
    payload: fc.constantFrom("array" as const, "text" as const, "tree" as const, "bigint" as const),
    bytes: fc.uint8Array({ maxLength: 100 }),
  }),
);
const record: fc.Arbitrary<CaptureRecord> = fc.record({
  probe: fc.integer({ min: 1, max: 65535 }),
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  timeNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  thread: u32,
  task: u32,
  call: u32,
  depth: fc.integer({ min: 0, max: 65535 }),
  hit: u32,
  value,
});

test("a record decodes to what was encoded, alone and one after another", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), (records) => {
      const bytes = new Uint8Array(Buffer.concat(records.map(encodeRecord)));
      expect([...decodeRecords(bytes)]).toEqual(records);
      expect(bytes.length % 8).toBe(0);
    }),
  );
});

test("every scalar type has its own code, which is its place in the list", () => {
  expect(new Set(scalarTypes).size).toBe(scalarTypes.length);
  for (const type of scalarTypes.filter((name) => name !== ""))
    expect(decodeRecord(encodeRecord({ ...sample, value: { kind: "float", type, value: 1 } })).value).toMatchObject({
      type,
    });
});

test("random bytes give a RecordError, never anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 80 }), (bytes, offset) => {
      expectRecordOrError(() => decodeRecord(bytes, offset));
    }),
    { numRuns: 2000 },
  );
});

test("a record with some bytes changed is read or refused with a RecordError", () => {
  const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(record, changes, fc.integer({ min: 0, max: 200 }), (original, edits, keep) => {
      const bytes = encodeRecord(original);
      for (const [at, byte] of edits) bytes[at] = byte;
      expectRecordOrError(() => [...decodeRecords(bytes.subarray(0, keep))]);
    }),
    { numRuns: 2000 },
  );
});

test("a record that is not committed is refused", () => {
  const bytes = encodeRecord(sample);
  new DataView(bytes.buffer).setUint32(recordOffsets.commit, 6, true);
  expect(() => decodeRecord(bytes)).toThrow("Cannot read record at 0: it is not committed");
});

test("a length that does not agree with the payload is refused", () => {
  const bytes = encodeRecord({ ...sample, value: { kind: "payload", payload: "text", bytes: new Uint8Array(16) } });
  new DataView(bytes.buffer).setUint32(recordOffsets.payloadBytes, 15, true);
  expect(() => decodeRecord(bytes)).toThrow("15 bytes of payload are announced, its length holds 16");
});

test("records take 64 bytes, and payloads are padded to 8", () => {
  expect(encodeRecord(sample)).toHaveLength(RECORD_BYTES);
  expect([64, 65, 71, 72].map(paddedBytes)).toEqual([64, 72, 72, 72]);
});

const sample: CaptureRecord = {
  probe: 1,
  seq: 7,
  timeNs: 12n,
  thread: 1,
  task: 0,
  call: 1,
  depth: 0,
  hit: 1,
  value: { kind: "float", type: "float", value: 0.5 },
};

function expectRecordOrError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(RecordError);
  }
}

/** Ints as decoding gives them: numbers where a double is exact, else bigints. */
function whole(min: bigint, max: bigint): fc.Arbitrary<number | bigint> {
  return fc.bigInt({ min, max }).map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n));
}
