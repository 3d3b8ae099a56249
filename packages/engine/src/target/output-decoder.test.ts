import fc from "fast-check";
import { expect, test } from "vitest";
import { type DecodedOutput, OutputDecoder } from "./output-decoder.ts";

function decodeAll(chunks: readonly Uint8Array[]): DecodedOutput[] {
  const decoder = new OutputDecoder();
  return [...chunks.map((chunk) => decoder.push(chunk)), decoder.end()];
}

const bytesOf = ({ text, base64 }: DecodedOutput) =>
  base64 === undefined ? Buffer.from(text) : Buffer.from(base64, "base64");

test("whatever bytes come, in whatever pieces, they come out as they went in", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: "binary" }).map((s) => Buffer.from(s)),
        ),
      ),
      (chunks) => {
        expect(Buffer.concat(decodeAll(chunks).map(bytesOf))).toEqual(Buffer.concat(chunks));
      },
    ),
  );
});

test("text stays text when its characters are cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 5 }), (text, size) => {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const decoded = decodeAll(chunks);
      expect(decoded.map((one) => one.text).join("")).toBe(text);
      expect(decoded.filter(({ base64 }) => base64 !== undefined)).toEqual([]);
    }),
  );
});

test("what is no text has both: replacement characters and the bytes", () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const [first] = decodeAll([png]);
  expect(first).toEqual({ text: "\ufffdPNG\r\n\u001a\n", base64: Buffer.from(png).toString("base64") });
});

test("the mark of a file in UTF-8, and the beginning of a character at the end, are not swallowed", () => {
  expect(decodeAll([Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)]).map((one) => one.text)).toEqual(["\ufeffa", ""]);
  expect(decodeAll([Uint8Array.of(0x61, 0xe2, 0x82)])).toEqual([{ text: "a" }, { text: "\ufffd", base64: "4oI=" }]);
});
