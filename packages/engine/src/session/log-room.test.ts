/** Several runs in one engine with little memory for their captures. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Emitter } from "@pyprobe/base";
import { type ApiEvent, probeIdOf, type SessionId } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPython, targetFile } from "../../test/pythons.ts";
import { type Engine, type EngineLink, startEngine } from "../index.ts";

const LOG_BYTES = 256 * 1024;
const file = targetFile("count_to_thousand.py");

let folder: string;
let engine: Engine;
let link: EngineLink;
let events: ApiEvent[];
const arrivals = new Emitter<{ event: ApiEvent }>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-room-"));
  engine = await startEngine({ logBytes: LOG_BYTES });
  events = [];
  link = engine.connect({
    onEvent: (event) => {
      events.push(event);
      arrivals.emit("event", event);
    },
  });
});

afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function until(isThere: (event: ApiEvent) => boolean): Promise<void> {
  while (!events.some(isThere)) await arrivals.next("event");
}

/** Runs a program that makes a thousand captures, 72 kB of them. */
async function run(options: { record?: string } = {}): Promise<SessionId> {
  const { path: python } = await findPython();
  const { id } = await link.call("session.launch", {
    program: { kind: "script", path: file },
    python,
    hold: true,
    probes: [{ query: { file, line: 5, symbol: "square" }, mode: { kind: "every" } }],
    ...options,
  });
  await link.call("session.subscribe", { session: id });
  await link.call("session.begin", { session: id });
  await ended(id, 1);
  return id;
}

function ended(id: SessionId, run: number): Promise<void> {
  return until(({ method, params }) => {
    if (method !== "session.changed" || !("info" in params)) return false;
    return params.info.id === id && params.info.run === run && params.info.state.kind === "ended";
  });
}

async function usageOf(session: SessionId) {
  return (await link.call("session.subscribe", { session })).log;
}

test("the session that ended first loses its captures to newer ones, is told so, and can run again", async () => {
  const path = join(folder, "first.pyprobe");
  const ids = [await run({ record: path })];
  // A run that begins takes a whole log's room: 256 KiB of the 512 that there are.
  while (ids.length < 5) ids.push(await run());
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) throw new Error("nothing ran");
  await until(({ method, params }) => method === "notice" && params.session === first);
  expect(await usageOf(first)).toMatchObject({ bytes: 0, dropped: 1000, isReleased: true });
  expect(await usageOf(last)).toMatchObject({ bytes: 72_000, dropped: 0, isReleased: false });
  const notices = events.flatMap((event) => (event.method === "notice" ? [event.params] : []));
  expect(notices.map(({ session }) => session)).toEqual([first]);
  expect(notices[0]?.message).toMatch(/^The captures of session s1 were let go of: .* \(record a session/);

  await link.call("session.restart", { session: first });
  await ended(first, 2);
  expect(await usageOf(first)).toMatchObject({ bytes: 72_000, maxBytes: LOG_BYTES, isReleased: false });
  expect(await link.call("capture.list", { session: first, probe: probeIdOf(1), after: 990 })).toHaveLength(10);
  await link.call("session.close", { session: first });
  const database = new DatabaseSync(path, { readOnly: true });
  const counts = database.prepare("SELECT run, count(*) AS count FROM captures GROUP BY run").all();
  expect(counts.map((row) => ({ ...row }))).toEqual([
    { run: 1, count: 1000 },
    { run: 2, count: 1000 },
  ]);
  database.close();
});
