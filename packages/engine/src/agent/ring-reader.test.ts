import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CaptureRecord, decodeRecord, type RecordValue } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RingFileWriter, type RingWriterOptions } from "../../test/ring-writer.ts";
import { SeededRandom, testSeed } from "../../test/seeded-random.ts";
import { CaptureLog } from "../capture/capture-log.ts";
import { LogTurn } from "./log-turn.ts";
import { RingFile } from "./ring-file.ts";
import { RingReader } from "./ring-reader.ts";

const PID = 4242;
const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

let directory: string;
let log: CaptureLog;
let writer: RingFileWriter;
let reader: RingReader;
let turn: LogTurn;
let failures: unknown[];
const onFailed = (error: unknown) => failures.push(error);

beforeEach(async () => {
  directory = await mkdtemp(join(parent, "rings-"));
  log = new CaptureLog({ maxBytes: 16 * 1024 * 1024 });
  turn = new LogTurn();
  failures = [];
});

afterEach(async () => {
  vi.useRealTimers();
  reader?.dispose();
  writer.close();
  expect(failures).toEqual([]);
  await rm(directory, { recursive: true });
});

function open(options: Partial<RingWriterOptions> = {}): void {
  writer = new RingFileWriter({ directory, pid: PID, ...options });
  const [records, bulk] = [
    new RingFile(writer.recordsPath, "records", PID),
    new RingFile(writer.bulkPath, "bulk", PID),
  ];
  reader = new RingReader({ pid: PID, records, bulk, sink: log, turn, onCollected: () => undefined, onFailed });
}

function record(
  seq: number,
  value: RecordValue = { kind: "float", type: "float", value: seq },
  probe = 1,
): CaptureRecord {
  return { probe, seq, timeNs: BigInt(seq * 1000), thread: 1, task: 0, call: 1, depth: 0, hit: seq, value };
}

function payload(length: number, fill: number): RecordValue {
  return { kind: "payload", payload: "array", bytes: new Uint8Array(length).fill(fill) };
}

function collected(probe = 1): CaptureRecord[] {
  const [track] = log.tracksOf(probe);
  if (track === undefined) return [];
  return Array.from({ length: track.kept }, (_, index) => decodeRecord(log.record(track, track.first + index)));
}

const seqs = (probe = 1) => collected(probe).map(({ seq }) => seq);

test("collects what is committed, and says how far it has read", async () => {
  open();
  expect(writer.tail).toBe(1);
  for (const seq of [1, 2, 3]) writer.write(record(seq));
  await reader.flush();
  expect(collected()).toEqual([record(1), record(2), record(3)]);
  expect(writer.tail).toBe(4);
  expect(reader.collected.takeChanged()).toEqual([{ probe: "p1", captures: 3, bytes: 192 }]);
});

test("goes on by itself, without being asked", async () => {
  open();
  await reader.flush();
  writer.write(record(1));
  await log.changes.next("captures");
  expect(seqs()).toEqual([1]);
});

test("goes round the ring many times, with payloads that never wrap", async () => {
  open({ slots: 256, bulkBytes: 4096 });
  for (let seq = 1; seq <= 2000; seq += 1) {
    const value = seq % 3 === 0 ? payload(1 + (seq % 1500), seq % 256) : undefined;
    writer.write(record(seq, value));
    await reader.flush();
    const newest = collected().at(-1);
    expect(newest?.seq).toBe(seq);
    if (value !== undefined) expect(newest?.value).toEqual(value);
  }
  expect(seqs()).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
});

/** A second process whose captures go into the same log. */
async function besides(use: (writer: RingFileWriter, reader: RingReader) => Promise<void>): Promise<void> {
  const pid = PID + 1;
  const folder = await mkdtemp(join(parent, "rings-"));
  const second = new RingFileWriter({ directory: folder, pid, bulkBytes: 16 * 1024 * 1024 });
  const [records, bulk] = [
    new RingFile(second.recordsPath, "records", pid),
    new RingFile(second.bulkPath, "bulk", pid),
  ];
  const secondReader = new RingReader({ pid, records, bulk, sink: log, turn, onCollected: () => undefined, onFailed });
  try {
    await use(second, secondReader);
  } finally {
    secondReader.dispose();
    second.close();
    await rm(folder, { recursive: true });
  }
}

test("reads large payloads in another thread, and keeps the log for itself meanwhile", async () => {
  open({ slots: 256, bulkBytes: 16 * 1024 * 1024 });
  await besides(async (second, secondReader) => {
    writer.write(record(1));
    for (const seq of [2, 3]) writer.write(record(seq, payload(3 * 1024 * 1024 + seq, seq)));
    writer.write(record(4, payload(10, 4)));
    for (let seq = 1; seq <= 100; seq += 1) second.write(record(seq, undefined, 2));
    await Promise.all([reader.flush(), secondReader.flush()]);
    expect(
      collected().map(({ value }) =>
        value.kind === "payload" ? [value.bytes.length, value.bytes.at(-1)] : value.kind,
      ),
    ).toEqual(["float", [3 * 1024 * 1024 + 2, 2], [3 * 1024 * 1024 + 3, 3], [10, 4]]);
    expect(seqs(2).length).toBe(100);
    expect(turn.isTaken).toBe(false);
  });
});

test("two processes whose large payloads come at the same instant wait for each other", async () => {
  open({ slots: 256, bulkBytes: 16 * 1024 * 1024 });
  await besides(async (second, secondReader) => {
    for (let seq = 1; seq <= 3; seq += 1) {
      writer.write(record(seq, payload(1024 * 1024, seq), 1));
      second.write(record(seq, payload(1024 * 1024, seq), 2));
    }
    await Promise.all([reader.flush(), secondReader.flush()]);
    for (const probe of [1, 2]) expect(seqs(probe)).toEqual([1, 2, 3]);
  });
});

test.each([
  ["a large payload", 1024 * 1024, 1024 * 1024],
  ["a small one in a smaller log", 8192, 8192],
])("%s that is more than the log can hold is a loss, and nothing waits for it", async (_name, bytes, maxBytes) => {
  log = new CaptureLog({ maxBytes });
  open({ bulkBytes: 4 * 1024 * 1024 });
  const retention = log.retain();
  writer.write(record(1));
  writer.write(record(2, payload(bytes, 2)));
  writer.write(record(3));
  await reader.flush();
  expect(seqs()).toEqual([1, 3]);
  expect(reader.collected.lost.get("p1" as never)).toBe(1);
  expect(writer.bulkTail).toBe(bytes);
  retention.release();
});

test("lets go of the log only when a large payload that nobody wants any more is no longer written into it", async () => {
  open({ slots: 256, bulkBytes: 16 * 1024 * 1024 });
  writer.write(record(1, payload(4 * 1024 * 1024, 1)));
  const flushed = reader.flush();
  // Up to the read there are promises only; the read itself takes a turn of the event loop.
  for (let i = 0; i < 100 && !turn.isTaken; i += 1) await Promise.resolve();
  reader.dispose();
  expect(turn.isTaken).toBe(true);
  await flushed;
  expect(turn.isTaken).toBe(false);
  expect(collected()).toEqual([]);
});

test("frees the room of a payload when it has read it", async () => {
  open();
  writer.write(record(1, payload(1000, 7)));
  writer.write(record(2, payload(13, 8)));
  await reader.flush();
  expect(writer.bulkTail).toBe(1000 + 16);
});

test("waits for a record that is given out and not yet committed", async () => {
  open();
  writer.write(record(1));
  writer.writeUncommitted(record(2));
  writer.write(record(3));
  await reader.flush();
  expect(seqs()).toEqual([1]);
  writer.write(record(2));
  await reader.flush();
  expect(seqs()).toEqual([1, 2, 3]);
  expect(reader.collected.lost.size).toBe(0);
});

test("counts a hole as lost when the process is gone, and still collects what comes after it", async () => {
  open();
  writer.write(record(1));
  writer.writeUncommitted(record(2, undefined, 9));
  writer.write(record(3));
  writer.write(record(6));
  await reader.finish();
  expect(seqs()).toEqual([1, 3, 6]);
  expect([...reader.collected.lost]).toEqual([["p9", 1]]);
  expect(reader.collected.unattributed).toBe(2);
});

test("counts what an agent gave out last and never committed", async () => {
  open();
  writer.write(record(1));
  writer.writeLimit(4);
  await reader.finish();
  expect(seqs()).toEqual([1]);
  expect(reader.collected.unattributed).toBe(2);
});

test("gives up a hole after ten seconds, so that one stuck thread does not hide the others", async () => {
  open();
  writer.writeUncommitted(record(1));
  writer.write(record(2));
  await reader.flush();
  const later = performance.now() + 11_000;
  vi.spyOn(performance, "now").mockImplementation(() => later);
  await reader.flush();
  await reader.flush();
  expect(seqs()).toEqual([2]);
  expect(reader.collected.lost.get("p1" as never)).toBe(1);
});

test("does not count what was never given out", async () => {
  open();
  writer.write(record(1));
  await reader.finish();
  expect(reader.collected.unattributed).toBe(0);
});

test("leaves captures in the ring while a reader of the log must not miss any, and loses none", async () => {
  log = new CaptureLog({ maxBytes: 4096 });
  open();
  const retention = log.retain();
  const seen: number[] = [];
  const readOn = () => {
    const [track] = log.tracksOf(1);
    if (track === undefined) return;
    for (let ordinal = seen.length; ordinal < track.end; ordinal += 1) seen.push(log.seq(track, ordinal));
    log.advance(retention, log.ring.head);
  };
  for (let seq = 1; seq <= 500; seq += 1) writer.write(record(seq));
  await reader.flush();
  expect(log.tracksOf(1)[0]?.first).toBe(0);
  expect(writer.tail).toBeLessThan(501);
  const finished = reader.finish();
  const timer = setInterval(readOn, 1);
  await finished;
  clearInterval(timer);
  readOn();
  expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
});

test("counts payload references that point nowhere as lost", async () => {
  open({ bulkBytes: 4096 });
  const reference = (position: bigint, bytes: number) => {
    const slot = Buffer.alloc(64);
    slot.writeUInt32LE(64 + bytes, 0);
    slot.writeUInt16LE(6, 4);
    slot.writeUInt16LE(1, 6);
    slot.writeBigUInt64LE(position, 40);
    slot.writeUInt32LE(bytes, 48);
    return slot;
  };
  for (const [index, slot] of [
    reference(4000n, 200),
    reference(3n, 8),
    reference(0n, 2 ** 31),
    reference(0n, 0),
  ].entries()) {
    slot.writeBigUInt64LE(BigInt(index + 1), 8);
    slot.writeUInt32LE(index + 1, 60);
    writer.writeSlot(index + 1, slot);
  }
  writer.write(record(5));
  await reader.flush();
  expect(seqs()).toEqual([5]);
  expect(reader.collected.lost.get("p1" as never)).toBe(4);
});

test("counts a large payload whose record lies about its length as lost, and frees its room", async () => {
  open({ bulkBytes: 4 * 1024 * 1024 });
  const bytes = 2 * 1024 * 1024;
  const slot = Buffer.alloc(64);
  slot.writeUInt32LE(2 ** 31, 0);
  slot.writeUInt16LE(6, 4);
  slot.writeUInt16LE(1, 6);
  slot.writeUInt32LE(1, 8);
  slot.writeUInt32LE(bytes, 48);
  slot.writeUInt32LE(1, 60);
  writer.writeSlot(1, slot);
  writer.write(record(2));
  await reader.flush();
  expect(seqs()).toEqual([2]);
  expect(reader.collected.lost.get("p1" as never)).toBe(1);
  expect(writer.bulkTail).toBe(bytes);
});

test("says when it cannot go on, and does not take the engine with it", async () => {
  open();
  const fault = new Error("no more");
  log.append = () => {
    throw fault;
  };
  writer.write(record(1));
  await reader.flush();
  expect(failures.splice(0)).toEqual([fault]);
  await reader.finish();
});

const seed = testSeed();
test(`collects everything that is ever committed, in whatever order threads commit (seed ${seed})`, async () => {
  open({ slots: 512, bulkBytes: 64 * 1024 });
  const random = new SeededRandom(seed);
  let next = 1;
  const begun: CaptureRecord[] = [];
  const lost: number[] = [];
  while (next < 5000) {
    if (begun.length < 8 && next < writer.tail + 400) {
      const value = random.next() < 0.3 ? payload(1 + random.below(900), next % 251) : undefined;
      const made = record(next, value);
      if (value === undefined) writer.writeUncommitted(made);
      begun.push(made);
      next += 1;
    }
    if (random.next() < 0.6 && begun.length > 0) {
      const [chosen] = begun.splice(random.below(Math.min(begun.length, 4)), 1);
      if (chosen !== undefined) writer.write(chosen);
    }
    if (random.next() < 0.2) await reader.flush();
  }
  for (const made of begun) lost.push(made.seq);
  writer.writeLimit(next);
  await reader.finish();
  const expected = Array.from({ length: next - 1 }, (_, index) => index + 1).filter((seq) => !lost.includes(seq));
  expect(seqs()).toEqual(expected);
  expect(reader.collected.unattributed + (reader.collected.lost.get("p1" as never) ?? 0)).toBe(lost.length);
});
