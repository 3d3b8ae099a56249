/** Recordings on a small disk that fills up. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { skipWhen } from "../../test/skip.ts";
import { CaptureLog } from "../capture/capture-log.ts";
import { floatArrayRecord, floatRecord } from "../capture/test-records.ts";
import { openRecordingFile, readContent } from "./recording-file.ts";
import { startRecorder, TEST_PID, temporaryFolder } from "./test-recording.ts";

const mayMount = canMount();
let folder: string;

beforeEach((context) => {
  skipWhen(context, !mayMount, "a small disk can be made by a user who may mount one only");
  folder = temporaryFolder();
});

afterEach(() => {
  if (mayMount) rmSync(folder, { recursive: true, force: true });
});

/** Runs `use` with a disk of its own that has so much room. */
async function withDisk(size: string, use: (disk: string) => Promise<void>): Promise<void> {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  try {
    await use(disk);
  } finally {
    execFileSync("umount", [disk]);
  }
}

test("a full disk is told; what is in the file stays readable, and when there is room again the recording goes on", async () => {
  await withDisk("16m", async (disk) => {
    const file = join(disk, "run.pyprobe");
    const log = new CaptureLog({ maxBytes: 16 * 1024 * 1024 });
    const recorder = await startRecorder(file, log, { retryMs: 50 });
    for (let seq = 1; seq <= 100; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    await recorder.flush();
    const ballast = join(disk, "ballast");
    fillUp(ballast);
    const stalled = recorder.events.next("stalled");
    for (let seq = 101; seq <= 50_000; seq += 1) log.append(TEST_PID, floatRecord(seq, { seq }), 0);
    recorder.add({ kind: "output", run: 1, output: { stream: "stdout", text: "said once", tMs: 1 } });
    expect((await stalled).message).toMatch(/^Cannot record to .*: the disk is full \(free some space/);
    const reader = new DatabaseSync(file, { readOnly: true });
    expect(Number(reader.prepare("SELECT count(*) AS count FROM captures").get()?.count)).toBeGreaterThanOrEqual(100);
    reader.close();
    const resumed = recorder.events.next("resumed");
    rmSync(ballast);
    await resumed;
    log.append(TEST_PID, floatRecord(1, { seq: 50_001 }), 0);
    await recorder.close();
    const database = openRecordingFile(file);
    const { count } = database.prepare("SELECT count(*) AS count FROM captures").get() ?? {};
    const { unrecorded } = database.prepare("SELECT unrecorded FROM counters").get() ?? { unrecorded: 0 };
    expect([count, unrecorded]).toEqual([50_001, 0]);
    expect(readContent(database, file).output).toEqual([{ stream: "stdout", text: "said once", tMs: 1 }]);
    database.close();
  });
});

test("what fits on a full disk is kept, the oldest first, also when none of it came before", async () => {
  await withDisk("4m", async (disk) => {
    const file = join(disk, "run.pyprobe");
    const log = new CaptureLog({ maxBytes: 64 * 1024 * 1024 });
    const recorder = await startRecorder(file, log);
    const stalled = recorder.events.next("stalled");
    const samples = Array.from({ length: 10_000 }, (_, index) => index);
    for (let seq = 1; seq <= 200; seq += 1) log.append(TEST_PID, floatArrayRecord(samples, { seq }), 0);
    await stalled;
    await recorder.close();
    const database = openRecordingFile(file);
    const seqs = database.prepare("SELECT seq FROM captures ORDER BY seq").all();
    // 80 kB each: a disk that holds them and the file's log at the same time has room for 20.
    expect(seqs.length).toBeGreaterThanOrEqual(20);
    expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1));
    expect(readContent(database, file).probes.length).toBe(3);
    database.close();
  });
});

/** Takes all the room that a disk has. */
function fillUp(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, new Uint8Array(16 * 1024));
  } catch {
    // Full.
  } finally {
    closeSync(file);
  }
}

/** Whether this user may mount a file system: the only way to have a small disk. */
function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const probe = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", probe], { stdio: "ignore" });
    execFileSync("umount", [probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
