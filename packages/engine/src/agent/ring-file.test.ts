import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { RingFileWriter } from "../../test/ring-writer.ts";
import { RingFile, RingFileError } from "./ring-file.ts";

const PID = 4242;

async function makeWriter(): Promise<RingFileWriter> {
  const directory = await mkdtemp(join(tmpdir(), "rings-"));
  const writer = new RingFileWriter({ directory, pid: PID });
  onTestFinished(async () => {
    writer.close();
    await rm(directory, { recursive: true });
  });
  return writer;
}

test("refuses files that are not the rings of this process", async () => {
  const { recordsPath } = await makeWriter();
  expect(() => new RingFile(recordsPath, "bulk", PID)).toThrow(RingFileError);
  expect(() => new RingFile(recordsPath, "records", 1)).toThrow(/belongs to process 4242, not to 1/);
});

test("a large read that is under way when the file is closed ends first", async () => {
  const { bulkPath } = await makeWriter();
  const file = new RingFile(bulkPath, "bulk", PID);
  const bytes = file.capacity;
  const reading = file.readLarge(new Uint8Array(bytes), bytes, 0);
  file.close();
  // All of it, or it says that it is not: never an error of a descriptor that is gone, or that is another file by now.
  expect(await reading).toBeTypeOf("boolean");
});
