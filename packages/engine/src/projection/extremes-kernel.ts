/**
 * The function behind `SimdExtremes`, as instructions of WebAssembly: the extremes of the samples between two addresses, and where the
 * first of each is.
 *
 * Two passes over a pixel column's samples: the extremes, then the first sample that equals each, which the second pass finds in the
 * first-level cache. The sum of all samples times 0 is 0 exactly when none is NaN or infinite (or that sum overflows: the careful way
 * is then taken for nothing), so that no sample needs a test of its own.
 */
import { type Code, encodeModule, signed, unsigned, type ValueType } from "./wasm-encoding.ts";

const parameters = ["i32", "i32"] as const;
const locals: readonly ValueType[] = [
  ...(["i32", "i32"] as const),
  ...(["v128", "v128", "v128", "v128", "v128", "v128", "v128", "v128", "v128"] as const),
  ...(["f64", "f64"] as const),
];
/** The numbers of parameters and locals. `a` to `d` are four pairs of samples. */
const vars = {
  start: 0,
  end: 1,
  at: 2,
  last: 3,
  low: 4,
  high: 5,
  sum: 6,
  a: 7,
  b: 8,
  c: 9,
  d: 10,
  zero: 11,
  sought: 12,
  min: 13,
  max: 14,
};
const results = { min: 0, max: 1, minAt: 2, maxAt: 3 };

const SAMPLE_BYTES = 8;
const PAIR_BYTES = 16;
/** Four pairs: what one round of the first pass takes. */
const ROUND_BYTES = 4 * PAIR_BYTES;

type Variable = keyof typeof vars;
const get = (name: Variable): Code => [0x20, vars[name]];
const set = (name: Variable): Code => [0x21, vars[name]];
const tee = (name: Variable): Code => [0x22, vars[name]];
const setResult = (name: keyof typeof results): Code => [0x24, results[name]];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const simd = (operation: number, ...immediate: number[]): Code => [0xfd, ...unsigned(operation), ...immediate];
/** 3: addresses are multiples of 8. */
const loadPair = (offset = 0): Code => simd(0x00, 3, ...unsigned(offset));
const lane = (which: 0 | 1): Code => simd(0x21, which);
const leaveIf = (depth: number): Code => [0x0d, depth];
const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  close: [0x0b],
  again: [0x0c, 0],
  loadSample: [0x2b, 3, 0],
  zeroSample: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  not: [0x45],
  isBelow: [0x49],
  isAbove: [0x4b],
  isAtMost: [0x4d],
  equalSamples: [0x61],
  add: [0x6a],
  subtract: [0x6b],
  shiftLeft: [0x74],
  addSamples: [0xa0],
  lowerSample: [0xa4],
  higherSample: [0xa5],
  splat: simd(0x14),
  equalPairs: simd(0x47),
  anyTrue: simd(0x53),
  addPairs: simd(0xf0),
  multiplyPairs: simd(0xf2),
  lowerPair: simd(0xf6),
  higherPair: simd(0xf7),
} as const satisfies Record<string, Code>;

const advance = (bytes: number): Code[] => [get("at"), i32(bytes), op.add, set("at")];

/** Four pairs a round, as long as there are four. */
const rounds: readonly Code[] = [
  ...[get("start"), set("at"), get("end"), i32(ROUND_BYTES), op.subtract, set("last")],
  op.block,
  ...[get("end"), get("start"), op.subtract, i32(ROUND_BYTES), op.isBelow, leaveIf(0)],
  op.loop,
  ...(["a", "b", "c", "d"] as const).flatMap((pair, i) => [get("at"), loadPair(i * PAIR_BYTES), set(pair)]),
  ...[
    get("low"),
    get("a"),
    get("b"),
    op.lowerPair,
    get("c"),
    get("d"),
    op.lowerPair,
    op.lowerPair,
    op.lowerPair,
    set("low"),
  ],
  ...[
    get("high"),
    get("a"),
    get("b"),
    op.higherPair,
    get("c"),
    get("d"),
    op.higherPair,
    op.higherPair,
    op.higherPair,
    set("high"),
  ],
  ...[get("sum"), get("a"), get("b"), op.addPairs, get("c"), get("d"), op.addPairs, op.addPairs],
  ...[get("zero"), op.multiplyPairs, op.addPairs, set("sum")],
  ...[...advance(ROUND_BYTES), get("at"), get("last"), op.isAtMost, leaveIf(0)],
  ...[op.close, op.close],
];

/** The samples that are left, one by one, in both lanes. */
const rest: readonly Code[] = [
  ...[op.block, op.loop, get("at"), get("end"), op.isBelow, op.not, leaveIf(1)],
  ...[get("at"), op.loadSample, op.splat, set("a")],
  ...[get("low"), get("a"), op.lowerPair, set("low"), get("high"), get("a"), op.higherPair, set("high")],
  ...[get("sum"), get("a"), get("zero"), op.multiplyPairs, op.addPairs, set("sum")],
  ...[...advance(SAMPLE_BYTES), op.again, op.close, op.close],
];

/** The address of the first sample that equals an extreme. There is one: at the latest it is the sample after the last whole pair. */
function seek(extreme: "min" | "max"): Code[] {
  return [
    ...[get(extreme), op.splat, set("sought"), get("start"), set("at")],
    ...[op.block, op.loop],
    ...[get("at"), i32(PAIR_BYTES), op.add, get("end"), op.isAbove, leaveIf(1)],
    ...[get("at"), loadPair(), get("sought"), op.equalPairs, op.anyTrue, leaveIf(1)],
    ...[...advance(PAIR_BYTES), op.again, op.close, op.close],
    // In the pair it is the first, or 8 bytes on.
    ...[get("at"), get("at"), op.loadSample, get(extreme), op.equalSamples, op.not, i32(3), op.shiftLeft, op.add],
    setResult(`${extreme}At`),
  ];
}

/** `extremes(start, end)`: at least one sample, all finite, or it returns 0 and the results mean nothing. */
export function extremesModule(): Uint8Array<ArrayBuffer> {
  const body: Code[] = [
    ...[get("start"), op.loadSample, op.splat, tee("low"), set("high")],
    ...rounds,
    ...rest,
    ...[get("low"), lane(0), get("low"), lane(1), op.lowerSample, tee("min"), setResult("min")],
    ...[get("high"), lane(0), get("high"), lane(1), op.higherSample, tee("max"), setResult("max")],
    ...seek("min"),
    ...seek("max"),
    ...[get("sum"), lane(0), get("sum"), lane(1), op.addSamples, op.zeroSample, op.equalSamples],
  ];
  const globals = [
    { name: "min", type: "f64" },
    { name: "max", type: "f64" },
    { name: "minAt", type: "i32" },
    { name: "maxAt", type: "i32" },
  ] as const;
  return encodeModule({ name: "extremes", parameters, result: "i32", locals, body, globals });
}
