import { expect, test } from "vitest";
import { parseProbe } from "./probe-option.ts";

const cwd = "/home/ann";

test.each([
  ["app.py:12:x", { file: "/home/ann/app.py", line: 12, symbol: "x" }],
  ["../b/app.py:1:x", { file: "/home/b/app.py", line: 1, symbol: "x" }],
  ["/srv/app.py:1:self.gain", { file: "/srv/app.py", line: 1, symbol: "self.gain" }],
  // Columns count from 1 where people type them, from 0 in an anchor.
  ["app.py:3:5:x", { file: "/home/ann/app.py", line: 3, column: 4, symbol: "x" }],
  ["app.py:3: x ", { file: "/home/ann/app.py", line: 3, symbol: "x" }],
  ["app.py:3:buf[1:2]", { file: "/home/ann/app.py", line: 3, symbol: "buf[1:2]" }],
  ["app.py:3:9:buf[1:2]", { file: "/home/ann/app.py", line: 3, column: 8, symbol: "buf[1:2]" }],
  ["odd:name.py:3:x", { file: "/home/ann/odd:name.py", line: 3, symbol: "x" }],
])("%s", (text, query) => {
  expect(parseProbe(text, cwd)).toEqual(query);
});

test.each([
  "",
  "app.py",
  "app.py:x",
  "app.py:3",
  "app.py:3:",
  "app.py:3:  ",
  "app.py:3:4",
  "app.py:0:x",
  "app.py:3:0:x",
  "app.py:10000000000:x",
  ":3:x",
])("%j is refused", (text) => {
  expect(() => parseProbe(text, cwd)).toThrow(`--probe "${text}" is not FILE:LINE:SYMBOL`);
});
