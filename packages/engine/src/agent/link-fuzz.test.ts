/**
 * Whatever arrives on the agents' socket, the engine closes that link at most: it never throws, never hangs, and goes on to serve
 * the next agent. Repeat a failure with PYPROBE_TEST_SEED.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emitter } from "@pyprobe/base";
import {
  type AgentMessage,
  defaultLimits,
  encodeJsonPacket,
  encodePacket,
  encodeRecord,
  type Hello,
  type ProbeId,
} from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { AgentPeer, helloWith } from "../../test/agent-peer.ts";
import { SeededRandom, testSeed } from "../../test/seeded-random.ts";
import { CaptureLog } from "../capture/capture-log.ts";
import type { AdapterEvents, RunRequest } from "../session/adapter.ts";
import { AgentTarget } from "./agent-target.ts";
import type { Link } from "./link.ts";
import { LinkServer } from "./link-server.ts";
import { LogTurn } from "./log-turn.ts";
import { RuntimeDirectory } from "./runtime-directory.ts";

const ROUNDS = 300;
const seed = testSeed();

test(`survives garbage, oversized, truncated and reordered packets (seed ${seed})`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "fuzz-"));
  const runtime = new RuntimeDirectory(folder);
  const server = new LinkServer({ runtime, helloTimeoutMs: 200 });
  const address = await server.listen();
  const random = new SeededRandom(seed);
  const targets: AgentTarget[] = [];
  const listener = {
    agentJoined: (link: Link, hello: Hello) => targets.push(targetOf(link, hello)),
    agentRefused: () => undefined,
  };
  const { token } = server.invite(listener);
  const peers: AgentPeer[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const peer = await AgentPeer.connect(address);
    const greeting = random.next();
    if (greeting < 0.6) peer.send(helloWith({ token, pid: 1000 + round }));
    else if (greeting < 0.9) peer.sendBytes(encodeJsonPacket(mangledHello(random, token)));
    for (const bytes of conversation(random)) peer.sendBytes(bytes);
    if (random.next() < 0.5) peer.end();
    else peer.destroy();
    peers.push(peer);
  }
  await Promise.all(peers.map((peer) => peer.closed));

  const healthy = await AgentPeer.connect(address);
  healthy.send(helloWith({ token, pid: 7 }));
  expect(await healthy.next()).toMatchObject({ type: "welcome" });
  healthy.destroy();
  await healthy.closed;
  await Promise.all(targets.map((target) => target.left));
  await server.dispose();
  expect(server.linkCount).toBe(0);
  await runtime.dispose();
  await rm(folder, { recursive: true });
});

function targetOf(link: Link, hello: Hello): AgentTarget {
  const log = new CaptureLog({ maxBytes: 1024 * 1024 });
  const request: RunRequest = {
    session: "s1",
    run: 1,
    program: { kind: "script", path: "/app.py" },
    args: [],
    cwd: "/",
    interpreter: { path: "python3", version: "3.13.0", origin: "", hasNumpy: false },
    probes: () => [],
    limits: () => defaultLimits,
    hold: false,
    sink: log,
  };
  const target = new AgentTarget({
    link,
    hello,
    request,
    rings: null,
    events: new Emitter<AdapterEvents>(),
    turn: new LogTurn(),
  });
  target.welcome();
  return target;
}

/** One that lacks something, or has something else in its place. */
function mangledHello(random: SeededRandom, token: string): Record<string, unknown> {
  const hello: Record<string, unknown> = helloWith({ token });
  const key = random.pick(Object.keys(hello));
  if (random.next() < 0.3) delete hello[key];
  else hello[key] = random.pick([null, "", -1, 1e300, [], {}, "x".repeat(2000)]);
  return hello;
}

function conversation(random: SeededRandom): Uint8Array[] {
  const packets = Array.from({ length: random.below(6) }, () => packet(random));
  if (random.next() < 0.2) packets.reverse();
  return random.next() < 0.3 ? cutUp(random, packets) : packets;
}

function packet(random: SeededRandom): Uint8Array {
  const whole = random.pick([validMessage, almostMessage, records, garbage, oversized])(random);
  switch (random.below(4)) {
    case 0:
      return whole.subarray(0, random.below(whole.length + 1));
    case 1:
      return flipped(random, whole);
    default:
      return whole;
  }
}

function validMessage(random: SeededRandom): Uint8Array {
  const event = { type: "event" } as const;
  const id = `p${1 + random.below(300)}` as ProbeId;
  const counts = {
    id,
    captures: random.below(1e6),
    skipped: { budget: random.below(100) },
    costNs: random.next() * 1000,
  };
  const messages: AgentMessage[] = [
    { type: "ping" },
    { type: "pong" },
    { type: "reply", id: random.below(5), result: {} },
    { ...event, event: "probe", id, state: "armed" },
    { ...event, event: "counters", probes: [counts] },
    { ...event, event: "rings", records: "/etc/passwd", bulk: "../../x" },
    { ...event, event: "notice", level: "info", message: "x".repeat(random.below(5000)) },
    { ...event, event: "end", lastSeq: random.below(100) },
  ];
  return encodeJsonPacket(random.pick(messages));
}

function almostMessage(random: SeededRandom): Uint8Array {
  const pieces = [
    null,
    Number.MAX_VALUE,
    "",
    [],
    {},
    { type: "event" },
    { type: "event", event: "probe", id: "p0" },
    { type: 3 },
  ];
  return encodeJsonPacket(
    random.pick([random.pick(pieces), helloWith({}), { type: "reply", id: random.pick(pieces) }]),
  );
}

function records(random: SeededRandom): Uint8Array {
  const count = random.below(5);
  const encoded = Array.from({ length: count }, (_, index) =>
    encodeRecord({
      probe: random.below(65536),
      seq: 1 + index + random.below(3),
      timeNs: BigInt(random.below(1e9)),
      thread: 1,
      task: 0,
      call: 1,
      depth: 0,
      hit: 1,
      value: random.pick([
        { kind: "float", type: "float", value: random.next() } as const,
        { kind: "payload", payload: "text", bytes: random.bytes(random.below(100)) } as const,
      ]),
    }),
  );
  const payload = Buffer.concat(encoded);
  return encodePacket({ kind: "records", payload: random.next() < 0.5 ? payload : flipped(random, payload) });
}

function garbage(random: SeededRandom): Uint8Array {
  return random.bytes(random.below(200));
}

function oversized(random: SeededRandom): Uint8Array {
  const header = Buffer.from([random.pick([1, 2]), 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(random.pick([2 ** 32 - 1, 81 * 1024 * 1024, 5 * 1024 * 1024]), 4);
  return header;
}

function flipped(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let count = 1 + random.below(3); count > 0 && copy.length > 0; count -= 1) {
    const index = random.below(copy.length);
    copy[index] = (copy[index] ?? 0) ^ (1 << random.below(8));
  }
  return copy;
}

/** The same stream in other pieces. */
function cutUp(random: SeededRandom, packets: readonly Uint8Array[]): Uint8Array[] {
  const stream = Buffer.concat(packets);
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < stream.length; ) {
    const length = 1 + random.below(20);
    pieces.push(stream.subarray(offset, offset + length));
    offset += length;
  }
  return pieces;
}
