/** Sessions that clients close: the program ends, the memory goes, the others are told. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDeferred, Emitter } from "@pyprobe/base";
import type { ApiEvent, EventName, EventParams } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPython, targetFile } from "../../test/pythons.ts";
import { isAlive } from "../agent/runtime-directory.ts";
import { type Engine, type EngineLink, startEngine } from "../index.ts";
import { createTestHub, firstProbe, firstSession } from "./test-hub.ts";

let folder: string;
let engine: Engine;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-close-"));
  engine = await startEngine();
});

afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

class Listener {
  readonly link: EngineLink;
  readonly events: ApiEvent[] = [];
  readonly #arrivals = new Emitter<{ event: ApiEvent }>();

  constructor(on: Engine) {
    this.link = on.connect({
      onEvent: (event) => {
        this.events.push(event);
        this.#arrivals.emit("event", event);
      },
    });
  }

  async heard<Name extends EventName>(method: Name, isLike: (params: EventParams<Name>) => boolean = () => true) {
    const matches = (event: ApiEvent) => event.method === method && isLike(event.params as EventParams<Name>);
    while (!this.events.some(matches)) await this.#arrivals.next("event");
  }
}

async function launch(listener: Listener, target: string) {
  const { path: python } = await findPython();
  const { id: session } = await listener.link.call("session.launch", {
    program: { kind: "script", path: targetFile(target) },
    python,
  });
  await listener.heard("session.changed", ({ info }) => info.id === session && info.state.kind === "running");
  const info = (await listener.link.call("session.list", {})).find(({ id }) => id === session);
  const pid = info?.state.kind === "running" ? info.state.pid : 0;
  expect(isAlive(pid)).toBe(true);
  return { session, pid };
}

test("a program that runs is stopped, its recording is complete, and nothing of it is left", async () => {
  const [owner, other] = [new Listener(engine), new Listener(engine)];
  const { session, pid } = await launch(owner, "loop_forever.py");
  await owner.link.call("session.subscribe", { session });
  await other.link.call("session.subscribe", { session });
  await other.link.call("capture.follow", { session });
  const path = join(folder, "run.pyprobe");
  await owner.link.call("session.record", { session, path });
  await Promise.all([owner.link.call("session.close", { session }), other.link.call("session.close", { session })]);
  expect(isAlive(pid)).toBe(false);
  expect([existsSync(path), existsSync(`${path}-wal`)]).toEqual([true, false]);
  await other.heard("session.closed", (params) => params.session === session);
  expect(other.events.at(-1)?.method).toBe("session.closed");
  expect(await owner.link.call("session.list", {})).toEqual([]);
  for (const call of ["session.subscribe", "session.restart", "session.close", "source.list"] as const)
    await expect(owner.link.call(call, { session })).rejects.toMatchObject({ code: "no_such_session" });
  const opened = await owner.link.call("recording.open", { path });
  expect(opened.state).toEqual({ kind: "recorded", path });
  await owner.link.call("session.close", { session: opened.id });
  expect(await owner.link.call("session.list", {})).toEqual([]);
});

test("one that does not listen goes down the ladder; with force at once", async () => {
  const listener = new Listener(engine);
  const { session, pid } = await launch(listener, "ignore_interrupts.py");
  await listener.link.call("session.close", { session, force: true });
  expect(isAlive(pid)).toBe(false);
  const steps = listener.events.flatMap((event) =>
    event.method === "session.changed" && event.params.info.state.kind === "stopping"
      ? [event.params.info.state.step]
      : [],
  );
  expect(new Set(steps)).toEqual(new Set(["SIGKILL"]));
});

test("a recording that begins while it closes is complete, and a second one at the same time is refused", async () => {
  const [owner, other] = [new Listener(engine), new Listener(engine)];
  const { session } = await launch(owner, "loop_forever.py");
  const path = join(folder, "first.pyprobe");
  const recording = owner.link.call("session.record", { session, path });
  const second = other.link.call("session.record", { session, path: join(folder, "second.pyprobe") });
  const closing = owner.link.call("session.close", { session, force: true });
  await expect(second).rejects.toMatchObject({ code: "cannot_write" });
  await Promise.all([recording, closing]);
  expect([existsSync(path), existsSync(`${path}-wal`)]).toEqual([true, false]);
});

test("a session whose recording cannot be begun is not left behind", async () => {
  const listener = new Listener(engine);
  const { path: python } = await findPython();
  const program = { kind: "script", path: targetFile("add_up.py") } as const;
  const record = join(folder, "nowhere", "run.pyprobe");
  await expect(listener.link.call("session.launch", { program, python, record })).rejects.toMatchObject({
    code: "cannot_write",
  });
  expect(await listener.link.call("session.list", {})).toEqual([]);
});

test("a restart that was asked for while it closes is refused, and starts nothing", async () => {
  const listener = new Listener(engine);
  const { session } = await launch(listener, "loop_forever.py");
  const closing = listener.link.call("session.close", { session });
  await expect(listener.link.call("session.restart", { session })).rejects.toMatchObject({ name: "CallError" });
  await closing;
  expect(await listener.link.call("session.list", {})).toEqual([]);
});

test("another session of the same client goes on", async () => {
  const listener = new Listener(engine);
  const first = await launch(listener, "loop_forever.py");
  const second = await launch(listener, "loop_forever.py");
  await listener.link.call("session.close", { session: first.session, force: true });
  expect(isAlive(second.pid)).toBe(true);
  const { info } = await listener.link.call("session.subscribe", { session: second.session });
  expect(info.state.kind).toBe("running");
});

test("views and followers of a closed session end, and its log has no memory any more", async () => {
  const fixture = createTestHub();
  const closed = createDeferred<void>();
  const { connectInProcess } = await import("./in-process.ts");
  const link = connectInProcess(fixture.hub, {
    onEvent: ({ method }) => {
      if (method === "session.closed") closed.resolve();
    },
  });
  const { view } = await link.call("view.open", {
    session: firstSession,
    probe: firstProbe,
    request: {
      lens: "auto",
      widthDevicePx: 100,
      heightDevicePx: 100,
      xRange: null,
      yRange: null,
      at: "live",
      options: {},
    },
  });
  await link.call("capture.follow", { session: firstSession });
  await link.call("session.close", { session: firstSession });
  await closed.promise;
  await expect(link.call("view.close", { view })).rejects.toMatchObject({ code: "no_such_view" });
  expect(fixture.log.usage).toMatchObject({ bytes: 0, maxBytes: 4096, isReleased: true });
  expect(fixture.log.changes.listenerCount).toBe(0);
  link.close();
  await fixture.dispose();
});
