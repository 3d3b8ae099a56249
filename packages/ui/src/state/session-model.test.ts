import type { ApiEvent, ProbeCounters, ProbeId, SessionId } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { applyEvent, costOf, modelOf, OUTPUT_CHARACTERS, type SessionModel } from "./session-model.ts";
import { probe, session, snapshot } from "./test-session.ts";

const model = modelOf(snapshot(), 0);
const after = (start: SessionModel, ...events: ApiEvent[]) =>
  events.reduce((current, event) => applyEvent(current, event, 50), start);

const counters = (id: string, changed: Partial<ProbeCounters> = {}): ProbeCounters => ({
  probe: id as ProbeId,
  captures: 1,
  skipped: {},
  lost: 0,
  rateHz: 100,
  bytesPerS: 10,
  costNs: 1000,
  ...changed,
});

test("probes come, change and go", () => {
  const added = after(model, { method: "probe.changed", params: { session, probe: probe("p1", "x") } });
  expect([...added.probes.keys()]).toEqual(["p1"]);
  const live = after(added, {
    method: "probe.changed",
    params: { session, probe: probe("p1", "x", { state: { kind: "live" } }) },
  });
  expect(live.probes.get("p1" as ProbeId)?.state.kind).toBe("live");
  const gone = after(live, { method: "probe.removed", params: { session, probe: "p1" as ProbeId } });
  expect(gone.probes.size).toBe(0);
});

test("events of other sessions change nothing", () => {
  const other = "s2" as SessionId;
  expect(after(model, { method: "probe.changed", params: { session: other, probe: probe("p1", "x") } })).toBe(model);
  const info = { ...model.info, id: other, run: 9 };
  expect(after(model, { method: "session.changed", params: { info } })).toBe(model);
});

test("a new run begins without the output, exceptions and counts of the last one; its probes stay", () => {
  const busy = modelOf(
    snapshot({
      probes: [probe("p1", "x")],
      counters: [counters("p1")],
      output: [{ stream: "stdout", text: "old", tMs: 1 }],
      outputDropped: 3,
    }),
    0,
  );
  const next = after(busy, { method: "session.changed", params: { info: { ...busy.info, run: 2 } } });
  expect(next).toMatchObject({ output: [], outputDropped: 0, exceptions: [] });
  expect(next.counters.size).toBe(0);
  expect(next.probes.size).toBe(1);
});

test("remembers when the state changed, and only then", () => {
  const same = after(model, { method: "session.changed", params: { info: model.info } });
  expect(same.changedAtMs).toBe(0);
  const ended = { ...model.info, state: { kind: "ended" as const, exit: { exitCode: 1, signal: null } } };
  expect(after(model, { method: "session.changed", params: { info: ended } }).changedAtMs).toBe(50);
});

test("keeps a bounded tail of the output and says how much it dropped", () => {
  const text = "x".repeat(100_000);
  let current = model;
  for (let i = 0; i < 6; i += 1) {
    current = after(current, {
      method: "session.output",
      params: { session, output: [{ stream: "stdout", text, tMs: i }], dropped: i === 0 ? 5 : 0 },
    });
  }
  const kept = current.output.reduce((sum, chunk) => sum + chunk.text.length, 0);
  expect(kept).toBe(OUTPUT_CHARACTERS);
  expect(current.outputDropped).toBe(5 + 600_000 - OUTPUT_CHARACTERS);
});

test("the cost is that of the probes that are there", () => {
  const busy = modelOf(snapshot({ probes: [probe("p1", "x")], counters: [counters("p1"), counters("p2")] }), 0);
  expect(costOf(busy)).toEqual({ bytesPerS: 10, overhead: 1e-4 });
});

test("the KeyboardInterrupt of a stop that was asked for is no news; other exceptions are", () => {
  const exception = {
    pid: 7,
    type: "KeyboardInterrupt",
    message: "",
    file: null,
    line: null,
    thread: "MainThread",
    frames: [],
  };
  const event = { method: "session.exception" as const, params: { session, exception } };
  expect(after(model, event).exceptions).toHaveLength(1);
  const stopping = { ...model.info, state: { kind: "stopping" as const, pid: 7, step: "SIGINT" } };
  const stopped = after(model, { method: "session.changed", params: { info: stopping } }, event);
  expect(stopped).toMatchObject({ wasStopped: true, exceptions: [] });
});
