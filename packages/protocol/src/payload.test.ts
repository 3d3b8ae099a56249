import fc from "fast-check";
import { expect, test } from "vitest";
import { RecordError } from "./capture-record.ts";
import {
  decodeArrayPayload,
  decodeBigintPayload,
  decodeTextPayload,
  decodeTreePayload,
  elementCount,
  encodeArrayPayload,
  encodeBigintPayload,
  encodeTextPayload,
  encodeTreePayload,
  type TreeValue,
} from "./payload.ts";
import { type ArrayHead, dataTypeBytes, dataTypeSchema } from "./value.ts";

const head: fc.Arbitrary<ArrayHead> = fc.record({
  library: fc.string({ maxLength: 12 }),
  dtype: fc.string({ maxLength: 12 }),
  data: fc.constantFrom(...dataTypeSchema.options),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
});

test("an array payload gives back head and elements, the elements on an 8-byte boundary", () => {
  fc.assert(
    fc.property(head, (original) => {
      const elements = new Uint8Array(elementCount(original) * dataTypeBytes[original.data]).fill(9);
      const bytes = encodeArrayPayload({ head: original, elements });
      const decoded = decodeArrayPayload(bytes);
      expect(decoded).toEqual({ head: original, elements });
      expect(decoded.elements.byteOffset % 8).toBe(0);
    }),
  );
});

test("a strided head holds as many elements as it says", () => {
  const strided: ArrayHead = {
    library: "numpy",
    dtype: "float64",
    data: "float64",
    shape: [1e10],
    items: 3,
    step: 4e9,
  };
  expect(decodeArrayPayload(encodeArrayPayload({ head: strided, elements: new Uint8Array(24) })).head).toEqual(strided);
});

test("ints of any size keep their value and take the fewest bytes", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
      expect(decodeBigintPayload(encodeBigintPayload(value))).toBe(value);
    }),
  );
  const sizes = [0n, 127n, 128n, -128n, -129n, 255n, 256n, -1n].map((n) => encodeBigintPayload(n).length);
  expect(sizes).toEqual([1, 1, 2, 1, 2, 2, 2, 1]);
});

test("texts keep their characters and the length of the whole", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, length) => {
      expect(decodeTextPayload(encodeTextPayload({ text, length }))).toEqual({ text, length });
    }),
  );
});

test("a tree comes back", () => {
  const tree: TreeValue = {
    kind: "tree",
    type: "app.Config",
    items: [
      { key: "rate", value: { kind: "scalar", type: "int", value: "9007199254740993" } },
      { key: "tags", value: { kind: "tree", type: "list", items: [], length: 12, truncated: true } },
    ],
    truncated: false,
  };
  expect(decodeTreePayload(encodeTreePayload(tree))).toEqual(tree);
});

test("random bytes, and payloads with bytes changed, give a RecordError and nothing else", () => {
  const array = encodeArrayPayload({
    head: { library: "numpy", dtype: "uint8", data: "uint8", shape: [2, 2] },
    elements: new Uint8Array(4),
  });
  const tree = encodeTreePayload({ kind: "tree", type: "dict", items: [], truncated: false });
  const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), edits, (random, changes) => {
      for (const bytes of [random, changed(array, changes), changed(tree, changes)])
        for (const decode of [decodeArrayPayload, decodeTreePayload, decodeTextPayload, decodeBigintPayload])
          expectValueOrError(() => decode(bytes));
    }),
    { numRuns: 1000 },
  );
});

function changed(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = bytes.slice();
  for (const [at, byte] of changes) copy[at % copy.length] = byte;
  return copy;
}

function expectValueOrError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(RecordError);
  }
}
