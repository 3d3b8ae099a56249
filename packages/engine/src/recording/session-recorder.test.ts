/** Recordings of real sessions that begin late: what had happened by then is in the file as well. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createDeferred } from "@pyprobe/base";
import { probeIdOf } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPython, targetFile } from "../../test/pythons.ts";
import { startEngine } from "../index.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-late-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a probe that was removed before has its row, so that its captures are not without a name", async () => {
  const path = join(folder, "late.pyprobe");
  const { path: python } = await findPython();
  const engine = await startEngine();
  const ended = createDeferred<void>();
  const link = engine.connect({
    onEvent: (event) => {
      if (event.method === "session.changed" && event.params.info.state.kind === "ended") ended.resolve();
    },
  });
  const file = targetFile("count_to_thousand.py");
  const { id: session } = await link.call("session.launch", {
    program: { kind: "script", path: file },
    python,
    probes: [{ query: { file, line: 5, symbol: "square" }, mode: { kind: "every" } }],
  });
  await ended.promise;
  await link.call("probe.remove", { session, probe: probeIdOf(1) });
  await link.call("session.record", { session, path });
  await engine.close();
  const database = new DatabaseSync(path, { readOnly: true });
  expect(
    database
      .prepare("SELECT probe, symbol, removed FROM probes")
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ probe: 1, symbol: "square", removed: 1 }]);
  const { count } = database.prepare("SELECT count(*) AS count FROM v_scalars WHERE symbol = 'square'").get() ?? {};
  expect(count).toBe(1000);
  expect(
    database
      .prepare("SELECT state FROM targets")
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ state: "ended" }]);
  database.close();
});
