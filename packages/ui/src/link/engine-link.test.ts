import { encodeViewPacket, type SessionId } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EngineLink, LinkClosedError, type LinkState } from "./engine-link.ts";
import { TestSocket } from "./test-socket.ts";

let sockets: TestSocket[];
let link: EngineLink;
let states: LinkState["kind"][];

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  link = new EngineLink(() => {
    const socket = new TestSocket();
    sockets.push(socket);
    return socket;
  });
  states = [];
  link.on("state", (state) => states.push(state.kind));
  link.start();
});
afterEach(() => {
  link.close();
  vi.useRealTimers();
});

const newest = () => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("Cannot find a socket: none was opened");
  return socket;
};

test("a reply settles the request with its id, in any order", async () => {
  newest().open();
  const first = link.call("engine.info", {});
  const second = link.call("session.list", {});
  newest().reply("session.list", []);
  newest().reply("engine.info", { version: "1", protocol: 1, pid: 2, node: "24", platform: "linux" });
  expect(await second).toEqual([]);
  expect((await first).pid).toBe(2);
});

test("a refusal rejects with its code and message", async () => {
  newest().open();
  const call = link.call("session.stop", { session: "s1" as SessionId });
  newest().refuse("session.stop", "not_running", "Cannot stop s1: it has ended");
  await expect(call).rejects.toMatchObject({ code: "not_running", message: "Cannot stop s1: it has ended" });
});

test("a reply that is not what the contract says rejects", async () => {
  newest().open();
  const call = link.call("session.list", {});
  newest().reply("session.list", [{ id: 7 }]);
  await expect(call).rejects.toMatchObject({ code: "internal" });
});

test("closing fails what is pending, and a call without a connection fails at once", async () => {
  newest().open();
  const pending = link.call("session.list", {});
  newest().close();
  await expect(pending).rejects.toBeInstanceOf(LinkClosedError);
  await expect(link.call("session.list", {})).rejects.toBeInstanceOf(LinkClosedError);
});

test("reconnects by itself, and at once when asked", () => {
  newest().open();
  newest().close();
  expect(states).toEqual(["connecting", "open", "waiting"]);
  vi.advanceTimersByTime(400);
  expect(sockets).toHaveLength(2);
  newest().close();
  link.retryNow();
  expect(sockets).toHaveLength(3);
  newest().open();
  expect(link.state.kind).toBe("open");
});

test("gives events and packets; unknown events are passed over, unreadable bytes are said", () => {
  const events: string[] = [];
  const unreadable: string[] = [];
  const views: number[] = [];
  link.on("event", (event) => events.push(event.method));
  link.on("packet", (packet) => views.push(packet.head.view));
  link.on("unreadable", (reason) => unreadable.push(reason));
  newest().open();
  newest().notify("notice", { session: null, level: "info", message: "hello" });
  newest().notify("later.event", {});
  const head = {
    view: 4,
    probe: "p1",
    lens: "value",
    capture: null,
    value: null,
    reduction: null,
    skipped: 0,
    meta: {},
  };
  newest().receive(encodeViewPacket(head, { y: Float32Array.of(1, 2) }).buffer);
  newest().receive(new ArrayBuffer(3));
  expect(events).toEqual(["notice"]);
  expect(views).toEqual([4]);
  expect(unreadable).toHaveLength(1);
});

test("says why it was turned away, once that is known", async () => {
  const refused = new EngineLink(
    () => {
      const socket = new TestSocket();
      sockets.push(socket);
      return socket;
    },
    async () => "Another PyProbe answers here",
  );
  refused.start();
  newest().close();
  await vi.advanceTimersByTimeAsync(0);
  expect(refused.state).toMatchObject({ kind: "waiting", reason: "Another PyProbe answers here" });
  refused.close();
});
