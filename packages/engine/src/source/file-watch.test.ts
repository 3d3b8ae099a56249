import { appendFile, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileWatch } from "./file-watch.ts";

let folder: string;
let file: string;
let watch: FileWatch;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watch-"));
  file = join(folder, "app.py");
  await writeFile(file, "x = 1\n");
  watch = new FileWatch();
});

afterEach(async () => {
  watch.dispose();
  await rm(folder, { recursive: true, force: true });
});

function changes(path = file) {
  let count = 0;
  let notify: () => void = () => undefined;
  const dispose = watch.watch(path, () => {
    count += 1;
    notify();
  });
  const next = () =>
    new Promise<void>((resolve) => {
      notify = resolve;
    });
  return { next, dispose, count: () => count };
}

test("tells of a file that is written in place", async () => {
  const seen = changes();
  const changed = seen.next();
  await writeFile(file, "x = 2\n");
  await changed;
});

test("tells of a file that an editor replaces, again and again", async () => {
  const seen = changes();
  for (let save = 0; save < 3; save += 1) {
    const changed = seen.next();
    await writeFile(`${file}.tmp`, `x = ${save + 10}\n`);
    await rename(`${file}.tmp`, file);
    await changed;
  }
});

test("tells of a file that was away for a moment", async () => {
  const seen = changes();
  const changed = seen.next();
  await rm(file);
  await delay(80);
  await writeFile(file, "x = 3\n");
  await changed;
});

test("tells once of a save in several steps, and not of one that changes nothing", async () => {
  const seen = changes();
  const other = changes(join(folder, "other.py"));
  const changed = seen.next();
  await writeFile(file, "");
  for (let step = 0; step < 5; step += 1) await appendFile(file, `y = ${step}\n`);
  await changed;
  await utimes(file, new Date(), new Date());
  await writeFile(join(folder, "third.py"), "z = 1\n");
  await delay(150);
  expect(seen.count()).toBe(1);
  expect(other.count()).toBe(0);
});

test("leaves nothing behind", async () => {
  const first = changes();
  const second = changes();
  first.dispose();
  expect(watch.folderCount).toBe(1);
  second.dispose();
  expect(watch.folderCount).toBe(0);
});
