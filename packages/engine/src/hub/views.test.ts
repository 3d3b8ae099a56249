import { rmSync } from "node:fs";
import { join } from "node:path";
import { VIEW_WINDOW, type ViewPacket, type ViewRequest } from "@pyprobe/protocol";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { arrayValue, floatArrayRecord, floatRecord, recordOf } from "../capture/test-records.ts";
import { startRecorder, TEST_PID, temporaryFolder } from "../recording/test-recording.ts";
import { TestClient } from "./test-client.ts";
import { createTestHub, firstProbe, firstSession, type TestHub } from "./test-hub.ts";
import { WebServer } from "./web-server.ts";

const PID = 100;
const request: ViewRequest = {
  lens: "auto",
  widthDevicePx: 400,
  heightDevicePx: 200,
  xRange: null,
  yRange: null,
  at: "live",
  options: {},
};

let fixture: TestHub;
let server: WebServer;
let client: TestClient;

beforeEach(async () => {
  fixture = createTestHub({ maxBytes: 32 * 1024 * 1024 });
  server = new WebServer(fixture.hub, { pageDirectory: "/nonexistent" });
  await server.listen(0);
  client = await TestClient.connect(server);
});

afterEach(async () => {
  await client.close();
  await server.close();
  await fixture.dispose();
});

function appendFloats(from: number, to: number, pid = PID): void {
  for (let seq = from; seq <= to; seq += 1) fixture.log.append(pid, floatRecord(Math.sin(seq / 10), { seq }), 0);
}

function open(changes: Partial<ViewRequest> = {}): Promise<{ view: number }> {
  return client.call("view.open", { session: firstSession, probe: firstProbe, request: { ...request, ...changes } });
}

const shows = (seq: number) => (packet: ViewPacket) => packet.head.capture?.seq === seq;

describe("a live view", () => {
  test("is empty first, then shows the history of a float as it grows", async () => {
    const { view } = await open();
    const empty = await client.packet();
    expect(empty.head).toMatchObject({ view, probe: "p1", capture: null, value: null });
    appendFloats(1, 100);
    const { head, columns } = await client.packet();
    expect(head).toMatchObject({ lens: "history", skipped: 99, capture: { seq: 100, tags: { pid: PID, hit: 100 } } });
    expect(Object.values(columns).some((column) => column.length >= 100)).toBe(true);
    expect(head.value).toEqual({ kind: "scalar", type: "float", value: Math.sin(10) });
  });

  test("that is not drawn gets no more than the window, then the newest, with what it missed", async () => {
    const { view } = await open();
    await client.packet();
    for (let seq = 1; seq < VIEW_WINDOW; seq += 1) {
      appendFloats(seq, seq);
      await client.packet(shows(seq));
    }
    for (let seq = VIEW_WINDOW; seq <= 50; seq += 1) {
      appendFloats(seq, seq);
      await client.call("engine.info", {});
    }
    expect(client.packets).toEqual([]);
    await client.call("view.ack_all", { views: [{ view, drawn: VIEW_WINDOW }] });
    const { head } = await client.packet();
    expect([head.capture?.seq, head.skipped]).toEqual([50, 50 - (VIEW_WINDOW - 1) - 1]);
  });

  test("counts every capture once: shown or skipped", async () => {
    const { view } = await open();
    let drawn = 0;
    let shown = 0;
    let skipped = 0;
    const take = async (seq: number) => {
      for (;;) {
        const { head } = await client.packet();
        drawn += 1;
        shown += head.capture === null ? 0 : 1;
        skipped += head.skipped;
        await client.call("view.ack", { view, drawn });
        if (head.capture?.seq === seq) return;
      }
    };
    let seq = 0;
    for (const burst of [1, 7, 300, 1, 50]) {
      appendFloats(seq + 1, seq + burst);
      seq += burst;
      await take(seq);
    }
    expect(shown + skipped).toBe(seq);
  });

  test("is sent again only when something changed", async () => {
    appendFloats(1, 10);
    const { view } = await open();
    await client.packet(shows(10));
    await client.call("view.ack", { view, drawn: 1 });
    await client.call("engine.info", {});
    expect(client.packets).toEqual([]);
    await client.call("view.update", { view, request: { ...request, widthDevicePx: 300 } });
    await client.packet(shows(10));
  });

  test("sends nothing after it was closed", async () => {
    const { view } = await open();
    await client.packet();
    await client.call("view.close", { view });
    appendFloats(1, 10);
    await client.call("engine.info", {});
    expect(client.packets).toEqual([]);
    await expect(client.call("view.ack", { view, drawn: 1 })).rejects.toMatchObject({ code: "no_such_view" });
    // One that was on its way in a message about several is passed over.
    expect(await client.call("view.ack_all", { views: [{ view, drawn: 1 }] })).toEqual({});
  });

  test("of several processes stays with one while that one goes on", async () => {
    appendFloats(1, 10, 1);
    const { view } = await open();
    await client.packet(shows(10));
    appendFloats(1, 20, 2);
    await client.call("engine.info", {});
    appendFloats(11, 12, 1);
    const { head } = await client.packet(shows(12));
    expect(head.capture?.tags.pid).toBe(1);
    expect(view).toBeGreaterThan(0);
  });
});

describe("what a view shows", () => {
  const samples = Float64Array.from({ length: 100_000 }, (_, i) => (i === 77_777 ? 50 : Math.sin(i / 1000)));
  const wave = recordOf(arrayValue(samples, { data: "float64", shape: [samples.length] }), { seq: 1 });

  test("an array is reduced to what fits, with its extremes, and said so", async () => {
    fixture.log.append(PID, wave, 0);
    await open();
    const { head, columns } = await client.packet(shows(1));
    expect(head).toMatchObject({ lens: "waveform", reduction: { kind: "min_max", from: 100_000 } });
    expect(head.value).toMatchObject({ kind: "array", shape: [100_000] });
    // Nobody sees them in a waveform, and they would take as long as the waveform itself.
    expect(head.value).not.toHaveProperty("stats");
    const numbers = Object.values(columns).flatMap((column) => [...column]);
    expect(numbers.length).toBeLessThan(5000);
    expect(numbers).toContain(50);
  });

  test("a lens that shows the statistics of an array gets them", async () => {
    fixture.log.append(PID, wave, 0);
    await open({ lens: "value" });
    const { head } = await client.packet(shows(1));
    expect(head.value).toMatchObject({ kind: "array", stats: { max: 50, nan: 0 } });
  });

  test("a zoom is projected again from all samples", async () => {
    fixture.log.append(PID, wave, 0);
    const { view } = await open({ lens: "waveform" });
    await client.packet(shows(1));
    await client.call("view.update", { view, request: { ...request, lens: "waveform", xRange: [77_770, 77_790] } });
    const { head, columns } = await client.packet(shows(1));
    expect(head.reduction).toBeNull();
    const numbers = Object.values(columns).flatMap((column) => [...column]);
    expect(numbers).toContain(50);
  });

  test("a look back shows that capture, and history ends there; live goes on", async () => {
    appendFloats(1, 100);
    const { view } = await open({ at: { pid: PID, seq: 40 } });
    const { head } = await client.packet();
    expect(head.capture?.seq).toBe(40);
    appendFloats(101, 110);
    await client.call("engine.info", {});
    expect(client.packets).toEqual([]);
    await client.call("view.update", { view, request });
    expect((await client.packet()).head.capture?.seq).toBe(110);
  });

  test("a look back to where there is nothing says why", async () => {
    appendFloats(10, 20);
    await open({ at: { pid: PID, seq: 9 } });
    const { head } = await client.packet();
    expect(head).toMatchObject({ capture: null, error: expect.stringContaining("no capture of p1 up to seq 9") });
  });

  test("a lens that there is not says so in the packet", async () => {
    appendFloats(1, 1);
    await open({ lens: "crystal_ball" });
    const { head } = await client.packet();
    expect(head.error).toBe('Cannot show p1: there is no lens "crystal_ball"');
  });

  test("a capture that cannot be read says so in the packet", async () => {
    const broken = recordOf({ kind: "payload", payload: "array", bytes: Uint8Array.of(9, 9, 9, 9) }, { seq: 1 });
    fixture.log.append(PID, broken, 0);
    await open();
    const { head } = await client.packet();
    expect(head.error).toMatch(/^Cannot read array/);
  });
});

test("while the log turns over as fast as it can, packets are right or not there", async () => {
  const { view } = await open({ lens: "waveform" });
  const first = await client.packet();
  expect(first.head.capture).toBeNull();
  let drawn = 1;
  let seq = 0;
  while (drawn < 12 || fixture.log.usage.dropped === 0) {
    // Each capture is constant, so that one that was written over while it was read would show two values.
    for (let i = 0; i < 10; i += 1) {
      seq += 1;
      fixture.log.append(PID, floatArrayRecord(new Array(50_000).fill(seq), { seq }), 0);
    }
    await new Promise((resolve) => setImmediate(resolve));
    for (const { head, columns } of client.packets.splice(0)) {
      drawn += 1;
      const { seq: shown } = head.capture ?? {};
      expect(head.error).toBeUndefined();
      const ys = Object.entries(columns).filter(([name]) => name.startsWith("y"));
      for (const [, column] of ys) expect(new Set(column)).toEqual(new Set([shown]));
      client.socket.send(JSON.stringify({ jsonrpc: "2.0", id: 0, method: "view.ack", params: { view, drawn } }));
    }
  }
});

test("a client that reads nothing holds up nobody and costs no memory", async () => {
  const slow = await TestClient.connect(server);
  await slow.call("session.subscribe", { session: firstSession });
  for (let i = 0; i < 20; i += 1) await slow.call("view.open", { session: firstSession, probe: firstProbe, request });
  slow.socket.pause();
  const { view } = await open();
  let drawn = 0;
  for (let round = 1; round <= 100; round += 1) {
    appendFloats((round - 1) * 50 + 1, round * 50);
    fixture.session.events.emit("output", { stream: "stdout", text: "x".repeat(100_000), tMs: round });
    await client.packet(shows(round * 50));
    drawn += 1;
    await client.call("view.ack", { view, drawn: drawn + 1 });
  }
  const buffered = [...server.sockets].reduce((sum, socket) => sum + socket.bufferedAmount, 0);
  expect(buffered).toBeLessThan(4 * 1024 * 1024);
  slow.socket.terminate();
});

test("a recording is seen through the same views", async () => {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "run.pyprobe");
  for (let seq = 1; seq <= 300; seq += 1) fixture.log.append(TEST_PID, floatRecord(seq, { seq }), 0);
  fixture.log.append(TEST_PID, floatArrayRecord([1, 5, 2], { seq: 301, probe: 2 }), 0);
  await (await startRecorder(path, fixture.log)).close();
  const { id: session, state } = await client.call("recording.open", { path });
  expect(state).toEqual({ kind: "recorded", path });
  await client.call("view.open", { session, probe: firstProbe, request });
  const live = await client.packet();
  expect(live.head).toMatchObject({ lens: "history", capture: { seq: 300 }, value: { value: 300 } });
  expect(Object.values(live.columns).some((column) => column.length >= 300)).toBe(true);
  await client.call("view.open", {
    session,
    probe: firstProbe,
    request: { ...request, at: { pid: TEST_PID, seq: 100 } },
  });
  expect((await client.packet()).head.capture?.seq).toBe(100);
  await client.call("view.open", { session, probe: "p2", request });
  expect((await client.packet()).head).toMatchObject({ lens: "waveform", value: { head: [1, 5, 2] } });
  const captures = await client.call("capture.list", { session, probe: firstProbe, after: 298 });
  expect(captures.map(({ value }) => value)).toEqual(
    [299, 300].map((value) => ({ kind: "scalar", type: "float", value })),
  );
  await expect(client.call("session.restart", { session })).rejects.toMatchObject({ code: "not_running" });
});
