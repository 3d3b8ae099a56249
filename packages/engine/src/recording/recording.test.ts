import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import {
  type CallError,
  encodeBigintPayload,
  encodeTextPayload,
  encodeTreePayload,
  probeIdOf,
  type RecordValue,
} from "@pyprobe/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { captureJson } from "../capture/capture-json.ts";
import { CaptureLog } from "../capture/capture-log.ts";
import { arrayValue, floatArrayRecord, floatRecord, recordOf } from "../capture/test-records.ts";
import { CapturesInRecording } from "./captures-in-recording.ts";
import { openRecordingFile, readContent } from "./recording-file.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./recording-schema.ts";
import { Recordings } from "./recordings.ts";
import { startRecorder, TEST_PID, temporaryFolder } from "./test-recording.ts";

let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "run.pyprobe");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const payload = (kind: "text" | "tree" | "bigint", bytes: Uint8Array): RecordValue => ({
  kind: "payload",
  payload: kind,
  bytes,
});

const everyKind: RecordValue[] = [
  { kind: "float", type: "float", value: 0.1 },
  { kind: "float", type: "float32", value: Number.NaN },
  { kind: "float", type: "float", value: -Infinity },
  { kind: "float", type: "float", value: -0 },
  { kind: "int", type: "int", value: -(2n ** 63n) },
  { kind: "int", type: "bool", value: 1 },
  { kind: "uint", type: "uint64", value: 2n ** 64n - 1n },
  { kind: "uint", type: "uint8", value: 255 },
  { kind: "uint", type: "bool_", value: 1 },
  { kind: "complex", type: "complex64", re: Number.NaN, im: -1.5 },
  { kind: "none" },
  payload("bigint", encodeBigintPayload(-(3n ** 200n))),
  payload("text", encodeTextPayload({ text: "naïve \u{1f600} \0 text", length: 99 })),
  payload("tree", encodeTreePayload({ kind: "tree", type: "dict", items: [], length: 4, truncated: true })),
  arrayValue(Float32Array.of(1, Number.NaN, Infinity), { data: "float32", shape: [3] }),
  arrayValue(new Uint8Array(), { data: "uint8", shape: [0] }),
  arrayValue(Float64Array.of(1, 2, 3, 4), { data: "complex128", shape: [1, 2] }),
];

describe("what was recorded comes back", () => {
  test("every kind of value, exactly", async () => {
    const log = new CaptureLog({ maxBytes: 1024 * 1024 });
    log.setOrigin(TEST_PID, 1000n);
    const records = everyKind.map((value, i) =>
      recordOf(value, { seq: i + 1, timeNs: BigInt(2000 + i), task: i % 2, call: i, depth: 3, thread: 4e9 }),
    );
    for (const record of records) log.append(TEST_PID, record, 0);
    await (await startRecorder(path, log)).close();
    const captures = new CapturesInRecording(openRecordingFile(path), path);
    const read = [...captures.range(probeIdOf(1), { after: 0, limit: 100 })];
    const json = read.map(({ record, origin }) => captureJson(record, origin));
    expect(json).toEqual(records.map((record) => captureJson(record, { pid: TEST_PID, originNs: 1000n })));
    expect(Object.is(read[3] && new DataView(read[3].record.buffer).getFloat64(40, true), -0)).toBe(true);
  });

  test("what the log still held when the recording began, and what followed, in both runs", async () => {
    const log = new CaptureLog({ maxBytes: 1024 * 1024 });
    for (let seq = 1; seq <= 100; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    const recorder = await startRecorder(path, log);
    for (let seq = 101; seq <= 200; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    log.beginRun(2);
    for (let seq = 1; seq <= 50; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    await recorder.close();
    const database = openRecordingFile(path);
    const counts = database.prepare("SELECT run, count(*) AS count, max(seq) AS last FROM captures GROUP BY run").all();
    expect(counts.map((row) => ({ ...row }))).toEqual([
      { run: 1, count: 200, last: 200 },
      { run: 2, count: 50, last: 50 },
    ]);
    database.close();
  });

  test("one file, readable by its owner only, that sqlite3 can use through views", async () => {
    const log = new CaptureLog({ maxBytes: 1024 * 1024 });
    log.append(TEST_PID, floatRecord(1.5, { seq: 1 }), 0);
    log.append(TEST_PID, floatArrayRecord([1, 2, 3], { seq: 2, probe: 2 }), 0);
    await (await startRecorder(path, log)).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false]);
    const database = new DatabaseSync(path, { readOnly: true });
    expect({ ...database.prepare("SELECT probe, symbol, value FROM v_scalars").get() }).toEqual({
      probe: "p1",
      symbol: "x1",
      value: 1.5,
    });
    const array = database.prepare("SELECT dtype, shape, bytes FROM v_arrays").get();
    expect(array?.dtype).toBe("float64");
    expect(array?.shape).toBe("[3]");
    expect(new Float64Array(new Uint8Array(array?.bytes as Uint8Array).buffer)).toEqual(Float64Array.of(1, 2, 3));
    database.close();
  });
});

describe("killed at any time", () => {
  test("what was said to be in the file is in the file, and the file is whole", async () => {
    for (const lines of [1, 3, 8]) {
      const file = join(folder, `killed-${lines}.pyprobe`);
      const written = await killAfter(file, lines);
      const database = openRecordingFile(file);
      expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
      const { count, last } = database.prepare("SELECT count(*) AS count, max(seq) AS last FROM captures").get() ?? {};
      expect(last).toBeGreaterThanOrEqual(written);
      // Nothing is missing in between: a batch is there as a whole or not at all.
      expect(count).toBe(last);
      expect(readContent(database, file).probes).toHaveLength(3);
      database.close();
    }
  }, 60_000);

  /** Returns the last seq that was said to be in the file. */
  async function killAfter(file: string, lines: number): Promise<number> {
    const script = fileURLToPath(new URL("./test-recorder-process.ts", import.meta.url));
    const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    let written = 0;
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      written = Number(line);
      count += 1;
      if (count === lines) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    return written;
  }
});

describe("what cannot be written", () => {
  test("a file that is there already is not touched", async () => {
    writeFileSync(path, "precious");
    await expect(startRecorder(path, new CaptureLog({ maxBytes: 4096 }))).rejects.toThrow(
      /there is a file of that name/,
    );
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("a folder in place of a file is told", async () => {
    await expect(startRecorder(folder, new CaptureLog({ maxBytes: 4096 }))).rejects.toThrow(
      `Cannot record to ${folder}: it is a folder (name a file in it)`,
    );
  });

  test("a folder that is not there is told", async () => {
    const missing = join(folder, "nowhere", "run.pyprobe");
    await expect(startRecorder(missing, new CaptureLog({ maxBytes: 4096 }))).rejects.toMatchObject({
      code: "cannot_write",
    });
  });

  test("a capture that cannot be decoded is counted, and the others are written", async () => {
    const log = new CaptureLog({ maxBytes: 64 * 1024 });
    for (const kind of ["array", "tree", "text", "bigint"] as const) {
      const seq = log.arrivals(1, 1) + 1;
      log.append(TEST_PID, recordOf({ kind: "payload", payload: kind, bytes: new Uint8Array() }, { seq }), 0);
    }
    log.append(TEST_PID, floatRecord(0.5, { seq: 5 }), 0);
    await (await startRecorder(path, log)).close();
    const database = openRecordingFile(path);
    expect({ ...database.prepare("SELECT seq, value FROM captures").get() }).toEqual({ seq: 5, value: 0.5 });
    expect({ ...database.prepare("SELECT unrecorded FROM counters").get() }).toEqual({ unrecorded: 4 });
    database.close();
  });

  test("a log that turns over faster than the disk takes it: what was missed is counted, and memory stays", async () => {
    const log = new CaptureLog({ maxBytes: 64 * 1024 });
    const recorder = await startRecorder(path, log);
    const missed = recorder.events.next("missed");
    // More than the log holds before the worker can be told once.
    for (let seq = 1; seq <= 10_000; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    const { captures } = await missed;
    await recorder.close();
    const database = openRecordingFile(path);
    const { count } = database.prepare("SELECT count(*) AS count FROM captures").get() ?? {};
    const { unrecorded } = database.prepare("SELECT unrecorded FROM counters WHERE probe = 1").get() ?? {};
    expect(captures).toBe(unrecorded);
    expect(Number(count) + Number(unrecorded)).toBe(10_000);
    expect(readContent(database, path).counters[0]?.lost).toBe(unrecorded);
    database.close();
  });
});

describe("what is not a recording", () => {
  const recordings = new Recordings();

  test.each<[string, () => void, RegExp]>([
    ["nothing", () => {}, /there is no such file/],
    ["an empty file", () => writeFileSync(path, ""), /not a PyProbe recording/],
    ["a text", () => writeFileSync(path, "import this\n".repeat(100)), /not a PyProbe recording/],
    ["a folder", () => mkdirSync(path), /Cannot open/],
    ["somebody else's database", () => createForeign(), /not a PyProbe recording/],
    ["one of a later version", () => createLater(), /upgrade PyProbe/],
    ["one with its tables gone", () => createEmptied(), /damaged/],
  ])("%s is refused by name", (_name, create, message) => {
    create();
    const open = () => recordings.open(path);
    expect(open).toThrow(message);
    expect(open).toThrow(expect.objectContaining<Partial<CallError>>({ code: "not_a_recording" }));
  });

  test("half a recording is refused or opens, and nothing else", async () => {
    const log = new CaptureLog({ maxBytes: 1024 * 1024 });
    for (let seq = 1; seq <= 2000; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    await (await startRecorder(path, log)).close();
    const whole = readFileSync(path);
    for (const share of [0.1, 0.5, 0.9]) {
      const half = join(folder, `half-${share}.pyprobe`);
      writeFileSync(half, whole.subarray(0, Math.floor(whole.length * share)));
      try {
        recordings.open(half);
      } catch (error) {
        expect(error).toMatchObject({ code: "not_a_recording" });
      }
    }
  });

  test("a foreign database is not changed by looking at it", () => {
    createForeign();
    const copy = join(folder, "copy");
    copyFileSync(path, copy);
    expect(() => recordings.open(path)).toThrow();
    expect(readFileSync(path)).toEqual(readFileSync(copy));
  });

  function createForeign(): void {
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada')");
    database.close();
  }

  function createLater(): void {
    const database = new DatabaseSync(path);
    database.exec(
      `CREATE TABLE new (x); PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION + 1}`,
    );
    database.close();
  }

  function createEmptied(): void {
    const database = new DatabaseSync(path);
    database.exec(
      `CREATE TABLE t (x); PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`,
    );
    database.close();
  }
});
