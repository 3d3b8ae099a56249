/** What a capture log forgets beside its oldest captures: old runs, processes that ended, everything when it is released. */
import { expect, test } from "vitest";
import { CaptureLog } from "./capture-log.ts";
import { floatRecord } from "./test-records.ts";

const PID = 700;

function fill(log: CaptureLog, options: { pid?: number; from?: number; count: number }): void {
  const { pid = PID, from = 1, count } = options;
  for (let seq = from; seq < from + count; seq += 1) log.append(pid, floatRecord(seq, { seq }), 0);
}

function seqsOf(log: CaptureLog): number[] {
  return [...log.tracks].flatMap((track) =>
    Array.from({ length: track.kept }, (_, i) => log.seq(track, track.first + i)),
  );
}

test("the run before this one is kept, and those before that one are dropped", () => {
  const log = new CaptureLog({ maxBytes: 64 * 1024 });
  for (const run of [1, 2, 3]) {
    log.beginRun(run);
    fill(log, { from: run * 100, count: 10 });
  }
  expect([...log.tracks].map(({ run }) => run)).toEqual([2, 3]);
  expect(seqsOf(log)).toEqual(
    [...Array(10).keys()].map((i) => 200 + i).concat([...Array(10).keys()].map((i) => 300 + i)),
  );
  expect(log.usage).toMatchObject({ bytes: 20 * 72, dropped: 10 });
  expect(log.findAtOrBefore(1, { pid: PID, seq: 150 })).toBeUndefined();
  expect(log.arrivals(1, 3)).toBe(10);
});

test("a log that is released has no memory and no captures; the next run has both again", () => {
  const log = new CaptureLog({ maxBytes: 1024 * 1024 });
  fill(log, { count: 100 });
  const moves: number[] = [];
  log.changes.on("moved", () => moves.push(log.ring.capacityBytes));
  const { head } = log.ring;
  log.release();
  log.release();
  expect(moves).toEqual([4096]);
  expect(log.usage).toEqual({ bytes: 0, maxBytes: 4096, dropped: 100, isReleased: true });
  expect(log.findNewest(1)).toBeUndefined();
  // Whoever reads on from its place is where the log is.
  expect([log.ring.head, log.ring.tail]).toEqual([head, head]);
  log.beginRun(2);
  fill(log, { count: 5 });
  expect(moves).toEqual([4096, 1024 * 1024]);
  expect(log.usage).toMatchObject({ maxBytes: 1024 * 1024, isReleased: false });
  expect(seqsOf(log)).toEqual([1, 2, 3, 4, 5]);
});

test("a pid that another process gets later begins again at its first capture", () => {
  const log = new CaptureLog({ maxBytes: 64 * 1024 });
  fill(log, { count: 10 });
  log.processEnded(PID);
  fill(log, { count: 3 });
  expect([...log.tracks].map(({ pid, kept }) => [pid, kept])).toEqual([
    [PID, 10],
    [PID, 3],
  ]);
  expect(log.findNewest(1, { pid: PID })).toMatchObject({ ordinal: 2 });
});

test("very many short processes: those that captured last are kept, and none is missed in the count", () => {
  const log = new CaptureLog({ maxBytes: 16 * 1024 * 1024, maxTracks: 64 });
  const main = 1;
  for (let child = 0; child < 1000; child += 1) {
    fill(log, { pid: main, from: 1 + child, count: 1 });
    fill(log, { pid: 1000 + child, count: 2 });
    log.processEnded(1000 + child);
  }
  const tracks = [...log.tracks];
  expect(tracks.length).toBeLessThanOrEqual(64);
  expect(tracks.find(({ pid }) => pid === main)).toMatchObject({ end: 1000, first: 0 });
  const kept = tracks.reduce((sum, track) => sum + track.kept, 0);
  expect(kept + log.usage.dropped).toBe(3000);
  expect(log.arrivals(1, 1)).toBe(3000);
  expect(log.tracksOf(1)).toHaveLength(tracks.length);
});

test("what is left of a forgotten track in the ring is not counted twice when it goes", () => {
  const log = new CaptureLog({ maxBytes: 8 * 1024, maxTracks: 8 });
  for (let child = 0; child < 500; child += 1) {
    fill(log, { pid: 1000 + child, count: 1 });
    log.processEnded(1000 + child);
  }
  expect(seqsOf(log).length + log.usage.dropped).toBe(500);
});
