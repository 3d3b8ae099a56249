import {
  type ApiEvent,
  type EventParams,
  probeIdOf,
  type SessionId,
  type SessionInfo,
  type SessionState,
} from "@pyprobe/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventOutbox } from "./event-outbox.ts";
import { testProbe } from "./test-hub.ts";

const session = "s1" as SessionId;

function values(probe: number, captures: number): ApiEvent {
  const value = { probe: probeIdOf(probe), text: String(captures), tNs: captures, captures };
  return { method: "probe.values", params: { session, values: [value] } };
}

function output(text: string): ApiEvent {
  return { method: "session.output", params: { session, output: [{ stream: "stdout", text, tMs: 0 }], dropped: 0 } };
}

function changed(state: SessionState): ApiEvent {
  const info: SessionInfo = {
    id: session,
    program: { kind: "script", path: "/app/main.py" },
    args: [],
    cwd: "/app",
    interpreter: null,
    state,
    targets: [],
    run: 1,
    startedAtMs: 0,
    mainFile: null,
    recording: null,
  };
  return { method: "session.changed", params: { info } };
}

function notice(message: string): ApiEvent {
  return { method: "notice", params: { session, level: "info", message } };
}

function createOutbox(): { outbox: EventOutbox; sent: ApiEvent[]; client: { isCongested: boolean } } {
  const sent: ApiEvent[] = [];
  const client = { isCongested: false };
  const outbox = new EventOutbox({ send: (event) => sent.push(event), isCongested: () => client.isCongested });
  return { outbox, sent, client };
}

test("while the client keeps up every event goes through as it is", () => {
  const { outbox, sent } = createOutbox();
  const events = [values(1, 1), values(1, 2), notice("a")];
  for (const event of events) outbox.push(event);
  expect(sent).toEqual(events);
});

test("a client that does not keep up gets the newest of each kind, once, in order", () => {
  const { outbox, sent, client } = createOutbox();
  client.isCongested = true;
  for (let i = 1; i <= 1000; i += 1) {
    outbox.push(values(1 + (i % 2), i));
    outbox.push(output(`${i}\n`));
  }
  outbox.push(notice("stay"));
  expect(outbox.size).toBe(3);
  client.isCongested = false;
  outbox.flush();
  expect(sent.map(({ method }) => method)).toEqual(["probe.values", "session.output", "notice"]);
  const [newest, text] = sent.map(({ params }) => params) as [
    EventParams<"probe.values">,
    EventParams<"session.output">,
  ];
  expect(newest.values.map(({ captures }) => captures)).toEqual([999, 1000]);
  expect(text.output.map((entry) => entry.text).join("")).toBe(
    Array.from({ length: 1000 }, (_, i) => `${i + 1}\n`).join(""),
  );
});

test("the end of a session does not overtake what its program wrote before", () => {
  const { outbox, sent, client } = createOutbox();
  client.isCongested = true;
  outbox.push(changed({ kind: "stopping", pid: 7, step: "SIGINT" }));
  outbox.push(output("stopped politely\n"));
  outbox.push(changed({ kind: "ended", exit: { exitCode: 5, signal: null } }));
  client.isCongested = false;
  outbox.flush();
  expect(sent.map(({ method }) => method)).toEqual(["session.output", "session.changed"]);
});

test("a probe that is removed and put back is told of in that order", () => {
  const { outbox, sent, client } = createOutbox();
  client.isCongested = true;
  const changed: ApiEvent = { method: "probe.changed", params: { session, probe: testProbe(1) } };
  const removed: ApiEvent = { method: "probe.removed", params: { session, probe: probeIdOf(1) } };
  for (const event of [changed, removed, changed, removed]) outbox.push(event);
  client.isCongested = false;
  outbox.flush();
  expect(sent).toEqual([removed]);
});

test("whatever is pushed while nothing is taken, what waits is bounded, and what had to go is counted", () => {
  const event = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat()).map(([probe, captures]) => values(probe, captures)),
    fc.integer({ min: 1, max: 100_000 }).map((length) => output("x".repeat(length))),
    fc.string({ maxLength: 5 }).map(notice),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 0, max: 1000 }), (events, extra) => {
      const { outbox, sent, client } = createOutbox();
      client.isCongested = true;
      for (const one of events) outbox.push(one);
      for (let i = 0; i < extra; i += 1) outbox.push(notice(String(i)));
      expect(outbox.size).toBeLessThanOrEqual(202);
      client.isCongested = false;
      outbox.flush();
      const written = charactersOf(events);
      const got =
        charactersOf(sent) +
        sent.reduce((sum, one) => sum + (one.method === "session.output" ? one.params.dropped : 0), 0);
      expect(got).toBe(written);
      const notices = events.filter(({ method }) => method === "notice").length + extra;
      expect(sent.filter(({ method }) => method === "notice").length + outbox.dropped).toBe(notices);
    }),
    { seed: 7, numRuns: 50 },
  );
});

function charactersOf(events: readonly ApiEvent[]): number {
  return events
    .flatMap((event) => (event.method === "session.output" ? event.params.output : []))
    .reduce((sum, { text }) => sum + text.length, 0);
}
