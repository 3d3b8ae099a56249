import { RECORD_BYTES, RecordError } from "@pyprobe/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CaptureLog } from "./capture-log.ts";
import type { CaptureTrack } from "./capture-track.ts";
import { defaultLogBytes, entryBytes } from "./log-bytes.ts";
import { floatArrayRecord, floatRecord } from "./test-records.ts";

const KIB = 1024;

type Step = { readonly pid: number; readonly probe: number; readonly length: number; readonly isReserved: boolean };

const step: fc.Arbitrary<Step> = fc.record({
  pid: fc.integer({ min: 1, max: 3 }),
  probe: fc.integer({ min: 1, max: 4 }),
  length: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
  isReserved: fc.boolean(),
});

/** What was appended, in order; the log's behaviour is compared with it. */
type Kept = { readonly step: Step; readonly seq: number };

function write(log: CaptureLog, { pid, probe, length, isReserved }: Step, seq: number): void {
  const values = Array.from({ length }, (_, i) => seq * 1000 + i);
  const record = length === 0 ? floatRecord(seq, { probe, seq }) : floatArrayRecord(values, { probe, seq });
  if (!isReserved) {
    expect(log.append(pid, record, 0)).toBe(true);
    return;
  }
  const length64 = new DataView(record.buffer).getUint32(0, true);
  const { view, commit } = log.reserve(pid, length64);
  view.set(record.subarray(0, length64));
  commit();
}

function keptOf(log: CaptureLog, track: CaptureTrack): number[] {
  return Array.from({ length: track.kept }, (_, i) => log.seq(track, track.first + i));
}

describe("whatever is appended", () => {
  test("it stays within its bytes, drops the oldest first, counts every drop, and keeps the order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const log = new CaptureLog({ maxBytes: 8 * KIB });
        const seqs = new Map<number, number>();
        const kept: Kept[] = [];
        for (const one of steps) {
          const seq = (seqs.get(one.pid) ?? 0) + 1;
          seqs.set(one.pid, seq);
          write(log, one, seq);
          kept.push({ step: one, seq });
          expect(log.usage.bytes).toBeLessThanOrEqual(8 * KIB);
        }
        kept.splice(0, log.usage.dropped);
        for (const track of log.tracks) {
          const mine = kept.filter(({ step: { pid, probe } }) => pid === track.pid && probe === track.probe);
          expect(keptOf(log, track)).toEqual(mine.map(({ seq }) => seq));
          expect(track.end).toBe(track.first + mine.length);
        }
        const total = [...log.tracks].reduce((sum, track) => sum + track.end, 0);
        expect(total).toBe(steps.length);
      }),
      { seed: 20261120, numRuns: 200 },
    );
  });

  test("the bytes that come out are those that went in", () => {
    const log = new CaptureLog({ maxBytes: 64 * KIB });
    for (let seq = 1; seq <= 500; seq += 1) {
      const record = floatArrayRecord([seq, seq + 0.5], { seq });
      log.append(7, record, 0);
      const found = log.findNewest(1);
      if (found === undefined) throw new Error("nothing was kept");
      const length = new DataView(record.buffer).getUint32(0, true);
      expect(log.record(found.track, found.ordinal)).toEqual(record.subarray(0, length));
    }
    expect(log.usage.dropped).toBeGreaterThan(0);
  });

  test("records at any offset of a larger buffer are taken", () => {
    const log = new CaptureLog({ maxBytes: 64 * KIB });
    for (const offset of [0, 1, 3, 4, 8, 64]) {
      const bytes = new Uint8Array(256);
      bytes.set(floatRecord(offset + 0.25, { seq: offset + 1 }), offset);
      expect(log.append(7, bytes, offset)).toBe(true);
      const found = log.findNewest(1);
      if (found === undefined) throw new Error("nothing was kept");
      const record = log.record(found.track, found.ordinal);
      expect(new DataView(record.buffer, record.byteOffset).getFloat64(40, true)).toBe(offset + 0.25);
    }
  });
});

describe("what cannot be kept", () => {
  test("bytes that are no record are refused by name and change nothing", () => {
    const log = new CaptureLog({ maxBytes: 64 * KIB });
    const record = floatRecord(1, { seq: 5 });
    expect(() => log.append(7, record.subarray(0, 63), 0)).toThrow(RecordError);
    expect(() => log.append(7, record, 8)).toThrow(RecordError);
    const uncommitted = record.slice();
    uncommitted.fill(0, 60);
    expect(() => log.append(7, uncommitted, 0)).toThrow(RecordError);
    const tooLong = record.slice();
    new DataView(tooLong.buffer).setUint32(0, 65, true);
    expect(() => log.append(7, tooLong, 0)).toThrow(RecordError);
    expect(log.usage).toMatchObject({ bytes: 0, dropped: 0 });
  });

  test("a repeated or reordered record of a probe is left out", () => {
    const log = new CaptureLog({ maxBytes: 64 * KIB });
    expect([5, 5, 4, 6].map((seq) => log.append(7, floatRecord(seq, { seq }), 0))).toEqual([true, false, false, true]);
  });

  test("a record of more than half the log is refused, and the log goes on", () => {
    const log = new CaptureLog({ maxBytes: 8 * KIB });
    log.append(7, floatRecord(1, { seq: 1 }), 0);
    expect(() => log.append(7, floatArrayRecord(new Array(600).fill(1), { seq: 2 }), 0)).toThrow(RangeError);
    expect(log.append(7, floatRecord(3, { seq: 3 }), 0)).toBe(true);
  });

  test("a reservation that is not committed has never been", () => {
    const log = new CaptureLog({ maxBytes: 8 * KIB });
    const abandoned = log.reserve(7, 1000);
    abandoned.view.fill(255);
    log.append(7, floatRecord(1, { seq: 1 }), 0);
    expect(() => abandoned.commit()).toThrow(/another capture/);
    expect(log.usage.bytes).toBe(entryBytes(RECORD_BYTES));
  });
});

describe("looking up", () => {
  const log = new CaptureLog({ maxBytes: 64 * KIB });
  log.setOrigin(7, 1000n);
  log.setOrigin(8, 1000n);
  for (const seq of [2, 4, 6, 8]) log.append(7, floatRecord(seq, { seq, timeNs: BigInt(1000 + seq * 10) }), 0);
  for (const seq of [1, 3]) log.append(8, floatRecord(seq, { seq, timeNs: BigInt(1000 + seq * 10 + 1) }), 0);

  test.each([
    [1, undefined],
    [2, 2],
    [3, 2],
    [8, 8],
    [99, 8],
  ])("at or before seq %i of a process stands %s", (seq, expected) => {
    const found = log.findAtOrBefore(1, { pid: 7, seq });
    expect(found === undefined ? undefined : log.seq(found.track, found.ordinal)).toBe(expected);
  });

  test.each([
    [10, undefined],
    [11, [8, 1]],
    [20, [7, 2]],
    [35, [8, 3]],
    [1e9, [7, 8]],
  ])("at or before %i ns of the run stands %s, over all processes", (tNs, expected) => {
    const found = log.findAtOrBeforeTime(1, { tNs });
    const where = found === undefined ? undefined : [found.track.pid, log.seq(found.track, found.ordinal)];
    expect(where).toEqual(expected);
  });

  test("a probe or process that never captured gives nothing", () => {
    expect(log.findNewest(2)).toBeUndefined();
    expect(log.findNewest(1, { pid: 9 })).toBeUndefined();
    expect(log.findAtOrBefore(1, { pid: 9, seq: 5 })).toBeUndefined();
  });

  test("times stay exact where the clock itself is beyond 2^53", () => {
    const late = new CaptureLog({ maxBytes: 8 * KIB });
    const origin = 2n ** 60n + 12345n;
    late.setOrigin(7, origin);
    for (const [seq, after] of [1n, 2n ** 32n + 3n, 2n ** 40n + 7n].entries()) {
      late.append(7, floatRecord(0, { seq: seq + 1, timeNs: origin + after }), 0);
      const found = late.findNewest(1);
      if (found === undefined) throw new Error("nothing was kept");
      expect(late.timeNs(found.track, found.ordinal)).toBe(Number(after));
    }
  });
});

test("runs stay apart: seqs begin again, the newest run is what is live, the old one is still there", () => {
  const log = new CaptureLog({ maxBytes: 64 * KIB });
  for (const seq of [1, 2, 3]) log.append(7, floatRecord(seq, { seq }), 0);
  log.beginRun(2);
  expect(log.findNewest(1)).toBeUndefined();
  log.append(7, floatRecord(1.5, { seq: 1 }), 0);
  expect(log.arrivals(1, 1)).toBe(3);
  expect(log.arrivals(1, 2)).toBe(1);
  const newest = log.findNewest(1);
  expect([newest?.track.run, newest?.ordinal]).toEqual([2, 0]);
  expect(log.tracksOf(1).map(({ run, kept }) => [run, kept])).toEqual([
    [1, 3],
    [2, 1],
  ]);
});

test("one event tells of all that was appended in one turn", async () => {
  const log = new CaptureLog({ maxBytes: 64 * KIB });
  const told: number[][] = [];
  log.changes.on("captures", (probes) => told.push([...probes].sort()));
  for (let seq = 1; seq <= 100; seq += 1) log.append(7, floatRecord(seq, { seq, probe: 1 + (seq % 3) }), 0);
  expect(told).toEqual([]);
  await Promise.resolve();
  expect(told).toEqual([[1, 2, 3]]);
});

test("with a reader that must not miss anything the log is full before it would drop what was not read", async () => {
  const log = new CaptureLog({ maxBytes: 8 * KIB });
  const retention = log.retain();
  let seq = 0;
  while (!log.isFull()) {
    seq += 1;
    log.append(7, floatRecord(seq, { seq }), 0);
  }
  expect(log.usage.dropped).toBe(0);
  expect(seq).toBeGreaterThan(100);
  const room = log.changes.next("room");
  log.advance(retention, log.ring.head);
  await room;
  expect(log.isFull()).toBe(false);
  retention.release();
});

test("a million scalars cost the log a few bytes each beyond the records themselves", () => {
  const log = new CaptureLog({ maxBytes: 128 * 1024 * KIB });
  const records = new Uint8Array(64 * 4096);
  const before = process.memoryUsage();
  for (let seq = 1; seq <= 1_000_000; seq += 1) {
    const slot = (seq - 1) % 4096;
    if (slot === 0)
      for (let i = 0; i < 4096; i += 1) records.set(floatRecord(seq + i, { seq: seq + i }), i * RECORD_BYTES);
    log.append(7, records, slot * RECORD_BYTES);
  }
  const after = process.memoryUsage();
  expect(log.usage.bytes).toBe(1_000_000 * entryBytes(RECORD_BYTES));
  const beyond = after.heapUsed - before.heapUsed;
  expect(beyond).toBeLessThan(40 * 1024 * KIB);
});

test("by default it takes an eighth of the memory, within bounds", () => {
  expect(defaultLogBytes(2 * 1024 ** 3)).toBe(256 * 1024 ** 2);
  expect(defaultLogBytes(4 * 1024 ** 3)).toBe(512 * 1024 ** 2);
  expect(defaultLogBytes(64 * 1024 ** 3)).toBe(1024 ** 3);
});
