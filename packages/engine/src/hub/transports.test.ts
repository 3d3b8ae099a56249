/** One contract for the ways to reach the hub: the same calls, refusals, events and packets. */
import { setImmediate } from "node:timers/promises";
import {
  type ApiEvent,
  type CallName,
  type CallParams,
  type CallResult,
  decodeViewPacket,
  type ViewPacket,
  type ViewRequest,
} from "@pyprobe/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { floatArrayRecord } from "../capture/test-records.ts";
import { connectInProcess } from "./in-process.ts";
import { TestClient } from "./test-client.ts";
import { createTestHub, firstProbe, firstSession, type TestHub } from "./test-hub.ts";
import { WebServer } from "./web-server.ts";

type Reached = {
  call<Name extends CallName>(name: Name, params: CallParams<Name>): Promise<CallResult<Name>>;
  readonly events: ApiEvent[];
  readonly packets: ViewPacket[];
  close(): Promise<void>;
};

const transports: readonly { readonly name: string; readonly reach: (fixture: TestHub) => Promise<Reached> }[] = [
  {
    name: "in the process",
    reach: async ({ hub }) => {
      const events: ApiEvent[] = [];
      const packets: ViewPacket[] = [];
      const link = connectInProcess(hub, {
        onEvent: (event) => void events.push(event),
        onPacket: (packet) => void packets.push(decodeViewPacket(packet.buffer)),
      });
      return { call: (name, params) => link.call(name, params), events, packets, close: async () => link.close() };
    },
  },
  {
    name: "over a WebSocket",
    reach: async ({ hub }) => {
      const server = new WebServer(hub, { pageDirectory: "/nonexistent" });
      await server.listen(0);
      const client = await TestClient.connect(server);
      const close = async () => {
        await client.close();
        await server.close();
      };
      return {
        call: (name, params) => client.call(name, params),
        events: client.events,
        packets: client.packets,
        close,
      };
    },
  },
];

const request: ViewRequest = {
  lens: "waveform",
  widthDevicePx: 100,
  heightDevicePx: 100,
  xRange: null,
  yRange: null,
  at: "live",
  options: {},
};

describe.each(transports)("$name", ({ reach }) => {
  let fixture: TestHub;
  let reached: Reached;

  beforeEach(async () => {
    fixture = createTestHub();
    reached = await reach(fixture);
  });

  afterEach(async () => {
    await reached.close();
    await fixture.dispose();
  });

  test("calls have results, with the same fields", async () => {
    expect(await reached.call("engine.info", {})).toEqual({
      version: expect.any(String),
      protocol: 1,
      pid: process.pid,
      node: process.versions.node,
      platform: process.platform,
    });
    const [info] = await reached.call("session.list", {});
    expect(info).toMatchObject({ id: firstSession, state: { kind: "recorded" } });
    const snapshot = await reached.call("session.subscribe", { session: firstSession });
    expect(snapshot.probes.map(({ id }) => id)).toEqual(["p1", "p2", "p3"]);
  });

  test("refusals have the same codes and words", async () => {
    await expect(reached.call("session.subscribe", { session: "s9" })).rejects.toMatchObject({
      name: "CallError",
      code: "no_such_session",
      message: "Cannot find session s9: there is none",
    });
    await expect(reached.call("view.ack", { view: 1.5, drawn: 0 })).rejects.toMatchObject({ code: "bad_params" });
    const adding = reached.call("session.restart", { session: firstSession });
    await expect(adding).rejects.toMatchObject({ code: "not_running" });
  });

  test("events and packets come", async () => {
    await reached.call("session.subscribe", { session: firstSession });
    const { view } = await reached.call("view.open", { session: firstSession, probe: firstProbe, request });
    fixture.log.append(5, floatArrayRecord([3, 1, 2], { seq: 1 }), 0);
    fixture.session.events.emit("notice", { level: "info", message: "hello" });
    while ((reached.packets.at(-1)?.head.capture ?? null) === null) await setImmediate();
    const { head, columns } = reached.packets.at(-1) ?? {};
    expect(head).toMatchObject({ view, probe: "p1", lens: "waveform", value: { head: [3, 1, 2] } });
    expect(Object.keys(columns ?? {}).length).toBeGreaterThan(0);
    expect(reached.events).toContainEqual({
      jsonrpc: "2.0",
      method: "notice",
      params: { session: firstSession, level: "info", message: "hello" },
    });
  });
});
