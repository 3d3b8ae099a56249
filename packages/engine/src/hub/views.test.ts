import { VIEW_WINDOW, type ViewRequest } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { floatRecord } from "../capture/test-records.ts";
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

let test1: TestHub;
let server: WebServer;
let client: TestClient;

beforeEach(async () => {
  test1 = createTestHub();
  server = new WebServer(test1.hub, { pageDirectory: "/nonexistent" });
  await server.listen(0);
  client = await TestClient.connect(server);
});

afterEach(async () => {
  await client.close();
  await server.close();
  await test1.dispose();
});

function appendFloats(from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) test1.log.append(PID, floatRecord(Math.sin(seq / 10), { seq }), 0);
}

test("a view shows the history of a float, first empty, then as it grows", async () => {
  const { view } = await client.call("view.open", { session: firstSession, probe: firstProbe, request });
  const empty = await client.packet();
  expect(empty.head).toMatchObject({ view, probe: "p1", capture: null, value: null });
  appendFloats(1, 100);
  const { head, columns } = await client.packet();
  expect(head.capture?.seq).toBe(100);
  expect(head.skipped).toBe(99);
  expect(head.lens).toBe("history");
  expect(Object.values(columns).some((column) => column.length >= 100)).toBe(true);
  expect(head.value).toEqual({ kind: "scalar", type: "float", value: Math.sin(10) });
});

test("a client that does not draw gets no more than the window, then the newest, with what it missed", async () => {
  const { view } = await client.call("view.open", { session: firstSession, probe: firstProbe, request });
  let last = 0;
  for (let packet = 1; packet < VIEW_WINDOW; packet += 1) {
    appendFloats(packet, packet);
    last = (await client.packet(({ head }) => head.capture?.seq === packet)).head.capture?.seq ?? 0;
  }
  for (let seq = last + 1; seq <= 50; seq += 1) {
    appendFloats(seq, seq);
    await client.call("engine.info", {});
  }
  expect(client.packets).toEqual([]);
  await client.call("view.ack", { view, drawn: VIEW_WINDOW });
  const { head } = await client.packet();
  expect(head.capture?.seq).toBe(50);
  expect(head.skipped).toBe(50 - last - 1);
});
