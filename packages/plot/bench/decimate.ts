/**
 * How fast the reductions are, beside one plain pass over the same numbers: `node packages/plot/bench/decimate.ts`.
 * Input as in the engine: views on shared memory. Each figure is the median of many runs.
 */
import {
  binPoints,
  decimateLine,
  formatFixed,
  logLevels,
  measureCloud,
  type PointCloud,
  type Samples,
} from "../src/index.ts";

const COUNT = 1_000_000;
const COLUMNS = 2000;
const RUNS = 41;

type Case = { readonly name: string; readonly run: () => unknown };

const classes = [
  Float64Array,
  Float32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8Array,
  Uint16Array,
  Uint32Array,
] as const;

function waveAt(i: number): number {
  return 60 * Math.sin(i / 5000) + 60 + (i % 7);
}

function sharedSamples(Class: (typeof classes)[number], count = COUNT): Samples {
  const samples = newSamples(Class, count);
  for (let i = 0; i < count; i++) samples[i] = waveAt(i);
  return samples;
}

/** As the union that `samples[i] = number` type-checks on. */
function newSamples(Class: (typeof classes)[number], count: number): Float64Array | Int32Array {
  return Reflect.construct(Class, [new SharedArrayBuffer(count * Class.BYTES_PER_ELEMENT)]);
}

function sharedBigSamples(): Samples {
  const samples = new BigInt64Array(new SharedArrayBuffer(COUNT * 8));
  for (let i = 0; i < COUNT; i++) samples[i] = BigInt(Math.round(waveAt(i)));
  return samples;
}

function lineCase(name: string, samples: Samples, stride = 1): Case {
  const count = samples.length / stride;
  const slice = { samples, offset: 0, stride, count };
  return {
    name: `line ${name}`,
    run: () => decimateLine(slice, { from: 0, to: count, columnCount: COLUMNS }).value.length,
  };
}

function gapCase(): Case {
  const samples = new Float64Array(new SharedArrayBuffer(COUNT * 8));
  for (let i = 0; i < COUNT; i++) samples[i] = i % 1000 < 10 ? Number.NaN : waveAt(i);
  return { ...lineCase("", samples), name: "line float64, 1 % NaN in every column" };
}

function cloudCases(): Case[] {
  const samples = new Float32Array(new SharedArrayBuffer(COUNT * 8));
  for (let i = 0; i < COUNT; i++) {
    samples[2 * i] = Math.sin(i * 1.1) * Math.cos(i / 77);
    samples[2 * i + 1] = Math.cos(i * 1.7) * Math.sin(i / 91);
  }
  const cloud: PointCloud = { kind: "interleaved", samples, count: COUNT };
  const grid = { xRange: [-1, 1], yRange: [-1, 1], columns: 320, rows: 320 } as const;
  return [
    { name: "extent of complex64 points", run: () => measureCloud(cloud).finiteCount },
    { name: "density of complex64 points, 320 × 320", run: () => logLevels(binPoints(cloud, grid)).maxCount },
  ];
}

function elapsedMs(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function medianOf(times: number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** By turns with the yardstick, so that both see the same load of the machine. */
function measure(run: () => unknown, yardstick: () => unknown): { readonly ms: number; readonly ratio: number } {
  const times: number[] = [];
  const yardsticks: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    yardsticks.push(elapsedMs(yardstick));
    times.push(elapsedMs(run));
  }
  const ms = medianOf(times);
  return { ms, ratio: ms / medianOf(yardsticks) };
}

/** The yardstick: every number once, nothing kept. */
function sumOf(samples: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] as number;
  return sum;
}

const doubles = sharedSamples(Float64Array) as Float64Array;
const cases: Case[] = [
  ...classes.map((Class) => lineCase(Class.name.replace("Array", "").toLowerCase(), sharedSamples(Class))),
  lineCase("int64", sharedBigSamples()),
  lineCase("complex128, one part", sharedSamples(Float64Array, 2 * COUNT), 2),
  lineCase("complex64, one part", sharedSamples(Float32Array, 2 * COUNT), 2),
  gapCase(),
  ...cloudCases(),
];
console.log(`1 000 000 samples to ${COLUMNS} columns; × is against summing as many float64`);
for (const { name, run } of cases) {
  const { ms, ratio } = measure(run, () => sumOf(doubles));
  console.log(`${formatFixed(ratio, 2).padStart(7)} ×  ${formatFixed(ms, 2).padStart(6)} ms  ${name}`);
}
