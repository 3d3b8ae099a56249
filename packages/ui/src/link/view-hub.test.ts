import { encodeViewPacket, type ProbeId, type SessionId, type ViewRequest } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { EngineLink } from "./engine-link.ts";
import { TestSocket } from "./test-socket.ts";
import { ViewHub } from "./view-hub.ts";

const target = { session: "s1" as SessionId, probe: "p1" as ProbeId };
const request: ViewRequest = {
  lens: "value",
  widthDevicePx: 100,
  heightDevicePx: 100,
  xRange: null,
  yRange: null,
  at: "live",
  options: {},
};

function open() {
  const sockets: TestSocket[] = [];
  const link = new EngineLink(() => {
    const socket = new TestSocket();
    sockets.push(socket);
    return socket;
  });
  const hub = new ViewHub(link);
  link.start();
  const seen: number[] = [];
  const refusals: string[] = [];
  const view = hub.open(target, request, {
    onPacket: (packet) => seen.push(packet.head.skipped),
    onRefused: (reason) => refusals.push(reason),
  });
  return { link, hub, view, sockets, seen, refusals };
}

function packet(view: number, skipped: number): ArrayBuffer {
  const head = { view, probe: "p1", lens: "value", capture: null, value: null, reduction: null, skipped, meta: {} };
  return encodeViewPacket(head, {}).buffer as ArrayBuffer;
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("opens, gives its packets to the views, and acknowledges all that came with one message", async () => {
  const { hub, sockets, view, seen, link } = open();
  const [socket] = sockets;
  socket?.open();
  socket?.reply("view.open", { view: 9 });
  await settled();
  socket?.receive(packet(9, 1));
  socket?.receive(packet(9, 2));
  socket?.receive(packet(8, 3));
  expect(seen).toEqual([1, 2]);
  const other = hub.open(target, request, { onPacket: () => undefined, onRefused: () => undefined });
  socket?.reply("view.open", { view: 10 });
  await settled();
  socket?.receive(packet(10, 1));
  view.acknowledge();
  other.acknowledge();
  view.acknowledge();
  await settled();
  expect(socket?.sent.filter(({ method }) => method === "view.ack_all").map(({ params }) => params)).toEqual([
    {
      views: [
        { view: 9, drawn: 2 },
        { view: 10, drawn: 1 },
      ],
    },
  ]);
  link.close();
});

test("a change that was made before the view had its id is sent once it has", async () => {
  const { sockets, view, link } = open();
  const [socket] = sockets;
  socket?.open();
  view.update({ ...request, lens: "waveform" });
  socket?.reply("view.open", { view: 3 });
  await settled();
  expect(socket?.request("view.update").params).toMatchObject({ view: 3, request: { lens: "waveform" } });
  link.close();
});

test("after a reconnection it is opened again, with what it showed last, counting from zero", async () => {
  const { sockets, view, seen, link } = open();
  sockets[0]?.open();
  sockets[0]?.reply("view.open", { view: 1 });
  await settled();
  sockets[0]?.receive(packet(1, 1));
  view.update({ ...request, lens: "history" });
  sockets[0]?.close();
  link.retryNow();
  sockets[1]?.open();
  expect(sockets[1]?.request("view.open").params).toMatchObject({ request: { lens: "history" } });
  sockets[1]?.reply("view.open", { view: 5 });
  await settled();
  sockets[1]?.receive(packet(5, 7));
  view.acknowledge();
  await settled();
  expect(sockets[1]?.request("view.ack_all").params).toEqual({ views: [{ view: 5, drawn: 1 }] });
  expect(seen).toEqual([1, 7]);
  link.close();
});

test("a view that is closed before its id came is closed on the other side too", async () => {
  const { sockets, view, link } = open();
  sockets[0]?.open();
  view.close();
  sockets[0]?.reply("view.open", { view: 2 });
  await settled();
  expect(sockets[0]?.request("view.close").params).toEqual({ view: 2 });
  link.close();
});

test("a refusal gives its reason", async () => {
  const { sockets, refusals, link } = open();
  sockets[0]?.open();
  sockets[0]?.refuse("view.open", "no_such_probe", "Cannot open a view: there is no probe p1");
  await settled();
  expect(refusals).toEqual(["Cannot open a view: there is no probe p1"]);
  link.close();
});
