/** One contract for captures wherever they are. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { probeIdOf } from "@pyprobe/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { CaptureReader } from "../projection/capture-reader.ts";
import { CapturesInRecording } from "../recording/captures-in-recording.ts";
import { openRecordingFile } from "../recording/recording-file.ts";
import { startRecorder, TEST_PID, temporaryFolder } from "../recording/test-recording.ts";
import { captureJson } from "./capture-json.ts";
import { CaptureLog } from "./capture-log.ts";
import type { Captures } from "./captures.ts";
import { CapturesInLog } from "./captures-in-log.ts";
import { floatArrayRecord, floatRecord, recordOf } from "./test-records.ts";

const [p1, p2, p3] = [probeIdOf(1), probeIdOf(2), probeIdOf(3)];

function filledLog(): CaptureLog {
  const log = new CaptureLog({ maxBytes: 1024 * 1024 });
  log.setOrigin(TEST_PID, 1000n);
  for (let seq = 1; seq <= 40; seq += 1) {
    const timeNs = BigInt(1000 + seq);
    const record =
      seq % 4 === 0
        ? floatArrayRecord([seq, 0, seq], { seq, timeNs, probe: 2 })
        : seq % 4 === 1
          ? recordOf({ kind: "complex", type: "complex", re: seq, im: -seq }, { seq, timeNs, probe: 3 })
          : floatRecord(seq, { seq, timeNs });
    log.append(TEST_PID, record, 0);
  }
  return log;
}

const kinds: readonly { readonly kind: string; readonly create: () => Promise<Captures> }[] = [
  { kind: "a log", create: async () => new CapturesInLog(filledLog(), 1) },
  {
    kind: "a recording",
    create: async () => {
      const folder = temporaryFolder();
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, "run.pyprobe");
      await (await startRecorder(path, filledLog())).close();
      return new CapturesInRecording(openRecordingFile(path), path);
    },
  },
];

describe.each(kinds)("captures in $kind", ({ create }) => {
  test("the newest of a probe, with its place in the run", async () => {
    const captures = await create();
    expect(captures.findNewest(p1)).toMatchObject({ run: 1, pid: TEST_PID, seq: 39, tNs: 39, arrivals: 20 });
    expect(captures.findNewest(p2)).toMatchObject({ seq: 40, arrivals: 10 });
    expect(captures.findNewest(p1, { pid: TEST_PID })).toMatchObject({ seq: 39 });
    expect(captures.findNewest(p1, { pid: 1 })).toBeUndefined();
    expect(captures.findNewest(probeIdOf(9))).toBeUndefined();
  });

  test("the newest at or before a seq", async () => {
    const captures = await create();
    const seqAt = (seq: number) => captures.findAtOrBefore(p1, { pid: TEST_PID, seq })?.seq;
    expect([1, 2, 3, 4, 5, 6, 1000].map(seqAt)).toEqual([undefined, 2, 3, 3, 3, 6, 39]);
    expect(captures.findAtOrBefore(p1, { pid: 1, seq: 9 })).toBeUndefined();
  });

  test("pages, oldest first", async () => {
    const captures = await create();
    const seqs = (options: { pid?: number; after: number; limit: number }) =>
      [...captures.range(p1, options)].map(({ record, origin }) => captureJson(record, origin).seq);
    expect(seqs({ after: 0, limit: 3 })).toEqual([2, 3, 6]);
    expect(seqs({ after: 6, limit: 3 })).toEqual([7, 10, 11]);
    expect(seqs({ after: 38, limit: 3 })).toEqual([39]);
    expect(seqs({ pid: 1, after: 0, limit: 3 })).toEqual([]);
  });

  test("a record as it was captured, and only as large as wanted", async () => {
    const captures = await create();
    const found = captures.findNewest(p2);
    if (found === undefined) throw new Error("nothing was found");
    const read = captures.read(found);
    if (read === undefined) throw new Error("nothing was read");
    expect(captureJson(read.record, read.origin)).toMatchObject({
      probe: "p2",
      seq: 40,
      t_ns: 40,
      tags: { pid: TEST_PID, hit: 40 },
      value: { head: [40, 0, 40] },
    });
    expect(captures.read(found, { maxBytes: 70 })).toBeUndefined();
  });

  test("for a worker: the record, and the scalars up to it", async () => {
    const captures = await create();
    const reader = new CaptureReader();
    const found = captures.findAtOrBefore(p3, { pid: TEST_PID, seq: 10 });
    if (found === undefined) throw new Error("nothing was found");
    const { record, origin } = reader.read(found.source);
    expect(captureJson(record, origin)).toMatchObject({ seq: 9, t_ns: 9, value: { value: { re: 9, im: -9 } } });
    expect(reader.isIntact(found.source)).toBe(true);
    const history = reader.history(found.source);
    expect([[...history.tNs], [...history.re], [...(history.im ?? [])], history.earlier]).toEqual([
      [1, 5, 9],
      [1, 5, 9],
      [-1, -5, -9],
      0,
    ]);
    const newest = captures.findNewest(p1);
    if (newest === undefined) throw new Error("nothing was found");
    expect([...reader.history(newest.source).re]).toHaveLength(20);
    expect(reader.history(newest.source).im).toBeUndefined();
  });
});
