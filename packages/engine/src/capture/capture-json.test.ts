import {
  type CaptureValue,
  encodeBigintPayload,
  encodeTextPayload,
  encodeTreePayload,
  type RecordValue,
} from "@pyprobe/protocol";
import { describe, expect, test } from "vitest";
import { captureJson, describe as describeData } from "./capture-json.ts";
import { capturedData } from "./captured-data.ts";
import { inlineText } from "./inline-text.ts";
import { arrayValue, recordOf } from "./test-records.ts";

const ramp = Float32Array.from({ length: 40 }, (_, i) => i);
const tree: CaptureValue & { kind: "tree" } = {
  kind: "tree",
  type: "app.Config",
  items: [{ key: "rate", value: { kind: "scalar", type: "int", value: 8 } }],
  truncated: false,
};
const payload = (kind: "text" | "tree" | "bigint", bytes: Uint8Array): RecordValue => ({
  kind: "payload",
  payload: kind,
  bytes,
});
const scalar = (type: string, value: unknown) => ({ kind: "scalar", type, value });

type Row = [name: string, value: RecordValue, json: unknown, inline: string];

const scalars: Row[] = [
  ["float", { kind: "float", type: "float", value: 0.5 }, scalar("float", 0.5), "0.5"],
  ["whole float", { kind: "float", type: "float", value: 3 }, scalar("float", 3), "3.0"],
  ["long float", { kind: "float", type: "float64", value: Math.SQRT1_2 }, scalar("float64", Math.SQRT1_2), "0.7071"],
  ["NaN", { kind: "float", type: "float", value: Number.NaN }, scalar("float", "nan"), "nan"],
  ["infinity", { kind: "float", type: "float32", value: -Infinity }, scalar("float32", "-inf"), "-inf"],
  ["int", { kind: "int", type: "int", value: -7 }, scalar("int", -7), "-7"],
  [
    "int beyond 2^53",
    { kind: "int", type: "int", value: 2n ** 53n + 1n },
    scalar("int", "9007199254740993"),
    "9007199254740993",
  ],
  [
    "uint64",
    { kind: "uint", type: "uint64", value: 2n ** 64n - 1n },
    scalar("uint64", "18446744073709551615"),
    "18446744073709551615",
  ],
  ["bool", { kind: "int", type: "bool", value: 1 }, scalar("bool", true), "True"],
  // Its dtype is called `bool`, its class `bool_`.
  ["numpy bool", { kind: "uint", type: "bool_", value: 0 }, scalar("bool", false), "False"],
  ["complex", { kind: "complex", type: "complex", re: 1.5, im: -2 }, scalar("complex", { re: 1.5, im: -2 }), "1.5-2j"],
  [
    "complex NaN",
    { kind: "complex", type: "complex64", re: Number.NaN, im: 1 },
    scalar("complex64", { re: "nan", im: 1 }),
    "nan+1j",
  ],
  [
    "bigint",
    payload("bigint", encodeBigintPayload(-(2n ** 70n))),
    scalar("int", "-1180591620717411303424"),
    "-1180591620717411303424",
  ],
  ["none", { kind: "none" }, { kind: "none" }, "None"],
  [
    "text",
    payload("text", encodeTextPayload({ text: "hello", length: 900 })),
    { kind: "text", value: "hello", length: 900 },
    '"hello…"',
  ],
  ["tree", payload("tree", encodeTreePayload(tree)), tree, "Config(…)"],
];

const array = (fields: object) => ({ kind: "array", library: "numpy", ...fields });

const arrays: Row[] = [
  [
    "float32 of 40: a head of 32",
    arrayValue(ramp, { data: "float32", shape: [40] }),
    array({
      dtype: "float32",
      shape: [40],
      stats: { min: 0, max: 39, mean: 19.5, nan: 0 },
      head: [...ramp.subarray(0, 32)],
    }),
    "f32[40] 22.7 rms",
  ],
  [
    "complex64",
    arrayValue(Float32Array.of(3, 4, 0, 1), { data: "complex64", shape: [2] }),
    array({
      dtype: "complex64",
      shape: [2],
      stats: { min: 1, max: 5, mean: { re: 1.5, im: 2.5 }, nan: 0 },
      head: [
        { re: 3, im: 4 },
        { re: 0, im: 1 },
      ],
    }),
    "c64[2] 3.61 rms",
  ],
  [
    "int64 beyond 2^53",
    arrayValue(BigInt64Array.of(1n, 2n ** 60n), { data: "int64", shape: [2] }),
    array({
      dtype: "int64",
      shape: [2],
      stats: { min: 1, max: "1152921504606846976", mean: 576460752303423500, nan: 0 },
      head: [1, "1152921504606846976"],
    }),
    "i64[2] 1…1152921504606846976",
  ],
  [
    "bool",
    arrayValue(Uint8Array.of(1, 0, 1, 1), { data: "bool", shape: [2, 2] }),
    array({
      dtype: "bool",
      shape: [2, 2],
      stats: { min: 0, max: 1, mean: 0.75, nan: 0 },
      head: [true, false, true, true],
    }),
    "bool[2×2] 75 % true",
  ],
  [
    "NaN and infinities",
    arrayValue(Float64Array.of(Number.NaN, Infinity, 1), { data: "float64", shape: [3] }),
    array({
      dtype: "float64",
      shape: [3],
      stats: { min: 1, max: 1, mean: 1, nan: 1, infinite: 1 },
      head: ["nan", "inf", 1],
    }),
    "f64[3] 1 rms · 1 nan",
  ],
  [
    "times",
    arrayValue(BigInt64Array.of(1_700_000_000_000_000_000n, -(2n ** 63n)), {
      data: "int64",
      dtype: "datetime64[ns]",
      shape: [2],
    }),
    array({
      dtype: "datetime64[ns]",
      shape: [2],
      stats: { min: "1700000000000000000", max: "1700000000000000000", mean: 1.7e18, nan: 1 },
      head: ["1700000000000000000", "NaT"],
    }),
    "datetime64[ns][2] 1700000000000000000…1700000000000000000 · 1 nan",
  ],
  [
    "the smallest int of all, where it is no time",
    arrayValue(BigInt64Array.of(-(2n ** 63n)), { data: "int64", shape: [1] }),
    array({
      dtype: "int64",
      shape: [1],
      stats: { min: "-9223372036854775808", max: "-9223372036854775808", mean: -(2 ** 63), nan: 0 },
      head: ["-9223372036854775808"],
    }),
    "i64[1] -9223372036854775808…-9223372036854775808",
  ],
  [
    "empty",
    arrayValue(new Float64Array(), { data: "float64", shape: [0, 3] }),
    array({ dtype: "float64", shape: [0, 3], stats: { min: null, max: null, mean: null, nan: 0 }, head: [] }),
    "f64[0×3]",
  ],
  [
    "0-d",
    arrayValue(Int16Array.of(5), { data: "int16", dtype: ">i2", shape: [] }),
    array({ dtype: ">i2", shape: [], stats: { min: 5, max: 5, mean: 5, nan: 0 }, head: [5] }),
    ">i2[] 5…5",
  ],
  [
    "every millionth of a huge one",
    arrayValue(Float64Array.of(1, 2), { data: "float64", shape: [2_000_000], items: 2, step: 1_000_000 }),
    array({
      dtype: "float64",
      shape: [2_000_000],
      stats: { min: 1, max: 2, mean: 1.5, nan: 0 },
      head: [1, 2],
      step: 1_000_000,
    }),
    "f64[2000000] 1.58 rms",
  ],
];

describe("every kind of value, as JSON and as text at the end of a line", () => {
  test.each([...scalars, ...arrays])("%s", (_name, value, json, inline) => {
    const record = recordOf(value, { seq: 1 });
    const description = describeData(capturedData(record));
    expect(description.value).toEqual(json);
    expect(inlineText(description)).toBe(inline);
    expect(JSON.parse(JSON.stringify(description.value))).toEqual(json);
  });
});

test("a capture carries its place in the run and its tags", () => {
  const options = { seq: 17, probe: 3, timeNs: 5_000n, thread: 4_000_000_000, task: 0, call: 3, depth: 2, hit: 9 };
  const record = recordOf({ kind: "none" }, options);
  expect(captureJson(record, { pid: 42, originNs: 1_000n })).toEqual({
    probe: "p3",
    seq: 17,
    t_ns: 4_000,
    tags: { call: 3, hit: 9, depth: 2, thread: 4_000_000_000, task: null, pid: 42 },
    value: { kind: "none" },
  });
});

test.each([
  [0.1, "0.1"],
  [-0, "-0.0"],
  [1e16, "1e+16"],
  // Half-way between two last digits: rounding them is not what `repr` does.
  [12688654188120.062, "12688654188120.062"],
])("the exact text of %d is Python's repr of it", (value, text) => {
  const record = recordOf({ kind: "float", type: "float", value }, { seq: 1 });
  expect(capturedData(record)).toMatchObject({ exact: text });
});
