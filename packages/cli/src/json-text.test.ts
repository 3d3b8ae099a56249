import { expect, test } from "vitest";
import { jsonText } from "./json-text.ts";

test("the sign of zero is kept, wherever it stands", () => {
  const line = { value: -0, head: [0, -0, 1], stats: { min: { re: -0, im: 0 } }, text: "-0" };
  const text = jsonText(line);
  expect(text).toBe('{"value":-0.0,"head":[0,-0.0,1],"stats":{"min":{"re":-0.0,"im":0}},"text":"-0"}');
  expect(JSON.parse(text)).toEqual(line);
});

test("all else is what JSON.stringify makes of it", () => {
  const line = { none: null, left: undefined, text: 'a "b"\n', numbers: [1e300, -1.5, 2 ** 53 - 1] };
  expect(jsonText(line)).toBe(JSON.stringify(line));
});
