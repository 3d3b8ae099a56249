import { createDeferred } from "@pyprobe/base";
import type { ApiEvent, Capture } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { floatRecord } from "../capture/test-records.ts";
import { connectInProcess } from "./in-process.ts";
import { createTestHub, firstSession, type TestHub } from "./test-hub.ts";

const PID = 100;
let fixture: TestHub;

beforeEach(() => {
  fixture = createTestHub({ maxBytes: 256 * 1024 });
});

afterEach(() => fixture.dispose());

/** Appends as a collector does: what has no room waits. Returns when all is in the log. */
async function collect(count: number): Promise<{ waited: number }> {
  const { log } = fixture;
  let waited = 0;
  for (let seq = 1; seq <= count; seq += 1) {
    while (log.isFull()) {
      waited += 1;
      await log.changes.next("room");
    }
    log.append(PID, floatRecord(seq, { seq, probe: 1 + (seq % 3) }), 0);
  }
  return { waited };
}

test("calls are checked like those over a wire", async () => {
  const link = connectInProcess(fixture.hub, { onEvent: () => {} });
  await expect(link.call("session.subscribe", { session: "s9" })).rejects.toMatchObject({ code: "no_such_session" });
  await expect(link.call("session.subscribe", { session: "nine" })).rejects.toMatchObject({ code: "bad_params" });
  link.close();
  await expect(link.call("engine.info", {})).rejects.toThrow(/the link is closed/);
});

test("a follower gets every capture in order, however slow it is: the collector waits", async () => {
  const captures: Capture[] = [];
  const everything = createDeferred<void>();
  const total = 20_000;
  const link = connectInProcess(fixture.hub, {
    onEvent: async (event) => {
      if (event.method !== "captures") return;
      captures.push(...event.params.captures);
      // A slow pipe.
      await new Promise((resolve) => setImmediate(resolve));
      if (captures.length === total) everything.resolve();
    },
  });
  await link.call("capture.follow", { session: firstSession });
  const { waited } = await collect(total);
  await everything.promise;
  expect(waited).toBeGreaterThan(0);
  expect(captures.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  expect(captures.map(({ probe }) => probe).slice(0, 3)).toEqual(["p2", "p3", "p1"]);
  expect(fixture.log.isFull()).toBe(false);
  link.close();
});

test("what is told after captures comes after them", async () => {
  const events: ApiEvent[] = [];
  const told = createDeferred<void>();
  const link = connectInProcess(fixture.hub, {
    onEvent: async (event) => {
      events.push(event);
      await new Promise((resolve) => setImmediate(resolve));
      if (event.method === "notice") told.resolve();
    },
  });
  await link.call("session.subscribe", { session: firstSession });
  await link.call("capture.follow", { session: firstSession });
  await collect(1000);
  fixture.session.events.emit("notice", { level: "info", message: "the end" });
  await told.promise;
  const order = events.filter(({ method }) => method === "captures" || method === "notice");
  const captures = order.flatMap((event) => (event.method === "captures" ? event.params.captures : []));
  expect(captures).toHaveLength(1000);
  expect(order.at(-1)?.method).toBe("notice");
  link.close();
});

test("a follower that goes away no longer holds anything back", async () => {
  const link = connectInProcess(fixture.hub, { onEvent: () => new Promise(() => {}) });
  await link.call("capture.follow", { session: firstSession });
  const collecting = collect(20_000);
  await fixture.log.changes.next("captures");
  setImmediate(() => link.close());
  await collecting;
  expect(fixture.log.usage.dropped).toBeGreaterThan(0);
});

test("line ends get the newest value of each probe at the pace of eyes", async () => {
  const shown: string[][] = [];
  const second = createDeferred<void>();
  const link = connectInProcess(fixture.hub, {
    onEvent: (event) => {
      if (event.method !== "probe.values") return;
      shown.push(event.params.values.map(({ probe, text, captures }) => `${probe} ${text} ${captures}`));
      second.resolve();
    },
  });
  await link.call("session.subscribe", { session: firstSession });
  await collect(3000);
  await second.promise;
  expect(shown).toHaveLength(1);
  expect(shown[0]?.sort()).toEqual(["p1 3000.0 1000", "p2 2998.0 1000", "p3 2999.0 1000"]);
  link.close();
});

test("capture.list gives pages", async () => {
  const link = connectInProcess(fixture.hub, { onEvent: () => {} });
  await collect(300);
  const probe = "p1";
  const first = await link.call("capture.list", { session: firstSession, probe, limit: 60 });
  expect(first.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, i) => 3 * (i + 1)));
  const rest = await link.call("capture.list", { session: firstSession, probe, after: first.at(-1)?.seq ?? 0 });
  expect(rest.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => 180 + 3 * (i + 1)));
  link.close();
});
