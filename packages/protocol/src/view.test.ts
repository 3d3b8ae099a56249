import fc from "fast-check";
import { expect, test } from "vitest";
import { type Column, decodeViewPacket, encodeViewPacket, type ViewHead, ViewPacketError } from "./view.ts";

const head: Omit<ViewHead, "columns"> = {
  view: 3,
  probe: "p1",
  lens: "waveform",
  capture: { seq: 17, tNs: 1.5e9, tags: { call: 1, hit: 2, depth: 0, thread: 5, task: null, pid: 42 } },
  value: {
    kind: "array",
    library: "numpy",
    dtype: "float64",
    shape: [4],
    stats: { min: 0, max: 1, mean: "nan", nan: 1 },
    head: [0, 1],
  },
  reduction: { kind: "min_max", from: 1_000_000, to: 4000 },
  skipped: 2,
  meta: { unit: "Hz – ü", span: 1, log: false, none: null },
};
const column: fc.Arbitrary<Column> = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
);
const columns = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), column, { maxKeys: 5 });

test("head and columns come back, whatever their types and lengths", () => {
  fc.assert(
    fc.property(columns, (original) => {
      const { head: decoded, columns: list } = decodeViewPacket(bufferOf(encodeViewPacket(head, original)));
      expect(decoded).toMatchObject(head);
      expect(list).toEqual({ ...original });
    }),
  );
});

test("columns that are views on a larger buffer carry only their own part", () => {
  const part = new Float64Array([1, 2, 3, 4]).subarray(1, 3);
  const { columns: list } = decodeViewPacket(bufferOf(encodeViewPacket(head, { y: part })));
  expect(list.y).toEqual(Float64Array.from([2, 3]));
});

test("bytes that are not a view packet give a ViewPacketError, never anything else", () => {
  const good = encodeViewPacket(head, { x: Float64Array.from([1, 2]), y: Float32Array.from([3, 4, 5]) });
  const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), edits, fc.nat(good.length), (random, changes, keep) => {
      const changed = good.slice();
      for (const [at, byte] of changes) changed[at] = byte;
      for (const bytes of [random, changed, good.slice(0, keep)]) {
        try {
          decodeViewPacket(bufferOf(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ViewPacketError);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}
