import { expect, test } from "vitest";
import { createDeferred } from "./deferred.ts";
import { LatestOnly } from "./latest-only.ts";

test("of the jobs asked for while one runs only the newest runs, and it learns how many were replaced", async () => {
  const latest = new LatestOnly();
  const gate = createDeferred<void>();
  const done = createDeferred<void>();
  const ran: string[] = [];
  latest.run(async (replaced) => {
    ran.push(`first ${replaced}`);
    await gate.promise;
  });
  for (const name of ["second", "third"]) latest.run(async () => void ran.push(name));
  latest.run(async (replaced) => {
    ran.push(`fourth ${replaced}`);
    done.resolve();
  });
  gate.resolve();
  await done.promise;
  expect(ran).toEqual(["first 0", "fourth 2"]);
});

test("a job that throws is reported and the one that waits still runs", async () => {
  const errors: unknown[] = [];
  const latest = new LatestOnly({ onError: (error) => errors.push(error) });
  const done = createDeferred<number>();
  latest.run(async () => {
    throw new Error("no");
  });
  latest.run(async (replaced) => done.resolve(replaced));
  expect(await done.promise).toBe(0);
  expect(errors).toEqual([new Error("no")]);
});

test("it can be used again after it was idle", async () => {
  const latest = new LatestOnly();
  for (const expected of [1, 2, 3]) {
    const done = createDeferred<number>();
    latest.run(async () => done.resolve(expected));
    expect(await done.promise).toBe(expected);
  }
});
