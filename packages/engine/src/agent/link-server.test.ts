import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hello, PYPROBE_VERSION } from "@pyprobe/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AgentPeer, helloWith } from "../../test/agent-peer.ts";
import { isWindows, skipWhen } from "../../test/skip.ts";
import type { Refusal } from "./handshake.ts";
import type { Link } from "./link.ts";
import { type AgentListener, LinkServer } from "./link-server.ts";
import { clearStale, RuntimeDirectory } from "./runtime-directory.ts";

class Guests implements AgentListener {
  readonly refusals: Refusal[] = [];
  readonly joined: Promise<{ link: Link; hello: Hello }>;
  #resolve: (guest: { link: Link; hello: Hello }) => void = () => undefined;

  constructor() {
    this.joined = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  agentJoined(link: Link, hello: Hello): void {
    this.#resolve({ link, hello });
  }

  agentRefused(refusal: Refusal): void {
    this.refusals.push(refusal);
  }
}

let folder: string;
let runtime: RuntimeDirectory;
let server: LinkServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "link-"));
  runtime = new RuntimeDirectory(folder);
  server = new LinkServer({ runtime, helloTimeoutMs: 300 });
  await server.listen();
});

afterEach(async () => {
  await server.dispose();
  await runtime.dispose();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

async function joinWith(changes: Partial<Record<keyof Hello, unknown>> = {}) {
  const guests = new Guests();
  const { address, token } = server.invite(guests);
  const peer = await AgentPeer.connect(address);
  peer.send(helloWith({ token, ...changes }));
  return { guests, peer, token, address };
}

describe("LinkServer", () => {
  test("keeps its socket where nobody else can reach it", async (context) => {
    skipWhen(context, isWindows, "a named pipe of Windows has no place in the file system");
    const path = await runtime.make();
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(await readdir(path)).toEqual(["agent.sock"]);
  });

  test("gives a link to whoever invited its agent, and answers are matched by id", async () => {
    const { guests, peer } = await joinWith();
    const { link, hello } = await guests.joined;
    expect(hello.pid).toBe(4242);
    const answers = [link.request("probe.remove", { id: "p1" }), link.request("probe.remove", { id: "p2" })];
    const [first, second] = [await peer.next(), await peer.next()];
    peer.send({ type: "reply", id: second.id, result: "two" });
    peer.send({ type: "reply", id: first.id, error: { code: "unknown_call", message: "no" } });
    await expect(answers[1]).resolves.toBe("two");
    await expect(answers[0]).rejects.toMatchObject({ name: "AgentRefusal", code: "unknown_call" });
    peer.destroy();
  });

  test("settles every request when the link closes", async () => {
    const { guests, peer } = await joinWith();
    const { link } = await guests.joined;
    const answer = link.request("counters.flush", {});
    await peer.next();
    peer.destroy();
    await expect(answer).rejects.toThrow(/the link is closed/);
    await expect(link.request("counters.flush", {})).rejects.toThrow(/the link is closed/);
  });

  test("tells an agent that is too old what to run, and tells whoever waits for it", async () => {
    const { guests, peer } = await joinWith({ agent: "0.0.9" });
    const reply = await peer.next();
    const message = `Your pyprobe-tracer is 0.0, but this PyProbe requires 0.1. Run: /usr/bin/python3 -m pip install --upgrade pyprobe-tracer`;
    expect(reply).toEqual({ type: "refused", code: "agent_too_old", message });
    await peer.closed;
    expect(guests.refusals).toEqual([{ code: "agent_too_old", message }]);
  });

  test("refuses a wrong token, and one whose session has ended", async () => {
    const { peer, address } = await joinWith({ token: "0".repeat(64) });
    expect(await peer.next()).toMatchObject({ type: "refused", code: "bad_token" });
    await peer.closed;
    const { token, revoke } = server.invite(new Guests());
    revoke();
    const late = await AgentPeer.connect(address);
    late.send(helloWith({ token }));
    expect(await late.next()).toMatchObject({ type: "refused", code: "no_such_session" });
    await late.closed;
  });

  test("does not wait for a peer that says nothing", async () => {
    const peer = await AgentPeer.connect(server.invite(new Guests()).address);
    await peer.closed;
    expect(server.linkCount).toBe(0);
  });

  test.each([
    ["a large packet before the hello", (peer: AgentPeer) => peer.sendBytes(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1))],
    [
      "bytes of another protocol",
      (peer: AgentPeer) => peer.sendBytes(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")),
    ],
    ["records before the hello", (peer: AgentPeer) => peer.sendRecords(new Uint8Array(64))],
    ["something else than a hello", (peer: AgentPeer) => peer.send({ type: "pong" })],
    ["what is not JSON", (peer: AgentPeer) => peer.sendBytes(Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0x7b))],
  ])("closes on %s", async (_what, send) => {
    const peer = await AgentPeer.connect(server.invite(new Guests()).address);
    send(peer);
    await peer.closed;
  });

  test("closes with a reason on an answer that nobody asked for", async () => {
    const { guests, peer } = await joinWith();
    const { link } = await guests.joined;
    const closed = link.events.next("closed");
    peer.send({ type: "reply", id: 77, result: {} });
    expect(await closed).toEqual({ reason: "Cannot match reply 77 of agent: nothing like it was asked" });
  });

  test("listens on the loopback, with the same token, where that is asked for", async () => {
    const tcp = new LinkServer({ runtime, transport: "tcp" });
    const address = await tcp.listen();
    expect(address).toMatch(/^tcp:127\.0\.0\.1:\d+$/);
    const guests = new Guests();
    const peer = await AgentPeer.connect(address);
    peer.send(helloWith({ token: tcp.invite(guests).token, agent: PYPROBE_VERSION }));
    const { link } = await guests.joined;
    link.close();
    await peer.closed;
    await tcp.dispose();
  });
});

describe("clearStale", () => {
  test("removes what dead engines left, and nothing else", async () => {
    const user = String(process.getuid?.() ?? "user");
    const deadPid = 2 ** 22 + 12345;
    const { mkdir, writeFile } = await import("node:fs/promises");
    const parent = await mkdtemp(join(tmpdir(), "stale-"));
    const dead = join(parent, `pyprobe-${user}-${deadPid}-0123abcd`);
    const alive = join(parent, `pyprobe-${user}-${process.pid}-0123abcd`);
    for (const path of [dead, alive, join(parent, "pyprobe-notes")]) await mkdir(path);
    await writeFile(join(dead, "1-1.records"), "x");
    expect(await clearStale([parent])).toEqual([dead]);
    expect((await readdir(parent)).sort()).toEqual([alive.slice(parent.length + 1), "pyprobe-notes"].sort());
    await rm(parent, { recursive: true });
  });
});
