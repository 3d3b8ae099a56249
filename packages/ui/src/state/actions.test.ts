import { beforeEach, expect, test } from "vitest";
import { EngineLink } from "../link/engine-link.ts";
import { TestSocket } from "../link/test-socket.ts";
import { Actions } from "./actions.ts";
import { anchorKey } from "./anchor-key.ts";
import { showAsChip } from "./arrangement.ts";
import { createPageStore, type PageStore, shownProbes } from "./page-store.ts";
import { modelOf } from "./session-model.ts";
import { anchor, probe, session, snapshot } from "./test-session.ts";

let socket: TestSocket;
let store: PageStore;
let actions: Actions;

beforeEach(() => {
  socket = new TestSocket();
  const link = new EngineLink(() => socket);
  link.start();
  socket.open();
  store = createPageStore();
  store.setState({ session: modelOf(snapshot(), 0) });
  actions = new Actions(link, store);
});

const settled = () => new Promise((resolve) => setTimeout(resolve));
const shown = () => {
  const { session: model, wishes } = store.getState();
  return shownProbes(model, wishes).map((entry) => `${entry.anchor.symbol} ${entry.probe?.id ?? "asked"}`);
};

test("a click shows the probe before the engine has answered, and the answer takes its place", async () => {
  actions.toggleProbe(anchor("x"));
  expect(shown()).toEqual(["x asked"]);
  expect(socket.request("probe.add").params).toMatchObject({ session, at: { anchor: { symbol: "x" } } });
  socket.reply("probe.add", probe("p1", "x"));
  await settled();
  expect(shown()).toEqual(["x p1"]);
  expect(store.getState().wishes.size).toBe(0);
});

test("a refused probe goes away again, with the reason", async () => {
  actions.toggleProbe(anchor("x"));
  socket.refuse("probe.add", "not_probeable", 'Cannot place probe on "x": it is a module');
  await settled();
  expect(shown()).toEqual([]);
  expect(store.getState().toasts.at(-1)).toMatchObject({
    level: "error",
    text: 'Cannot place probe on "x": it is a module',
  });
});

test("a second click removes at once and offers undo; undo restores the same probe", async () => {
  store.setState({ session: modelOf(snapshot({ probes: [probe("p4", "x")] }), 0) });
  actions.toggleProbe(anchor("x"));
  expect(shown()).toEqual([]);
  expect(store.getState().toasts.at(-1)).toMatchObject({ undo: true });
  socket.reply("probe.remove", {});
  await settled();
  actions.undo();
  expect(shown()).toEqual(["x asked"]);
  expect(socket.request("probe.restore").params).toEqual({ session, probe: "p4" });
  socket.reply("probe.restore", probe("p4", "x"));
  await settled();
  expect(shown()).toEqual(["x p4"]);
  actions.undo();
  expect(store.getState().toasts.at(-1)?.text).toBe("Nothing to undo");
});

test("a refused removal leaves the probe", async () => {
  store.setState({ session: modelOf(snapshot({ probes: [probe("p4", "x")] }), 0) });
  actions.removeProbe(anchorKey(anchor("x")));
  socket.refuse("probe.remove", "internal", "Cannot remove p4: no");
  await settled();
  expect(shown()).toEqual(["x p4"]);
});

test("two occurrences on one line are two probes", async () => {
  actions.toggleProbe(anchor("x"));
  actions.toggleProbe(anchor("x", 3, { context: "load" }));
  expect(shown()).toHaveLength(2);
});

test("undo takes back moves and removals, the newest first", async () => {
  store.setState({ session: modelOf(snapshot({ probes: [probe("p4", "x")] }), 0) });
  const key = anchorKey(anchor("x"));
  actions.arrange(showAsChip(store.getState().arrangement, key));
  actions.removeProbe(key);
  socket.reply("probe.remove", {});
  await settled();
  actions.undo();
  expect(shown()).toEqual(["x asked"]);
  expect(store.getState().arrangement.places.get(key)).toEqual({ kind: "chip" });
  actions.undo();
  expect(store.getState().arrangement.places.has(key)).toBe(false);
});

test("what is given up before the engine has answered does not come back with the answer", async () => {
  actions.toggleProbe(anchor("x"));
  actions.toggleProbe(anchor("x"));
  expect(shown()).toEqual([]);
  socket.reply("probe.add", probe("p1", "x"));
  await settled();
  expect(shown()).toEqual([]);
  expect(socket.request("probe.remove").params).toEqual({ session, probe: "p1" });
});
