import { once } from "node:events";
import { calls } from "@pyprobe/protocol";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TestClient } from "./test-client.ts";
import { createTestHub, firstProbe, firstSession, type TestHub } from "./test-hub.ts";
import { WebServer } from "./web-server.ts";

const SEED = Number(process.env.PYPROBE_FUZZ_SEED ?? 20261120);
const MIB = 1024 * 1024;

let fixture: TestHub;
let server: WebServer;
let client: TestClient;

beforeAll(async () => {
  fixture = createTestHub();
  server = new WebServer(fixture.hub, { pageDirectory: "/nonexistent" });
  await server.listen(0);
});

beforeEach(async () => {
  client = await TestClient.connect(server);
});

afterEach(async () => {
  if (client.socket.readyState === client.socket.OPEN) await client.close();
});

afterAll(async () => {
  await server.close();
  await fixture.dispose();
});

/** Sends a text as it is and returns the reply that it gets. */
async function ask(
  text: string,
): Promise<{ id: unknown; error?: { code: number; data: { code: string } }; result?: unknown }> {
  const reply = once(client.socket, "message");
  client.socket.send(text);
  const [data] = await reply;
  return JSON.parse(String(data));
}

describe("a request that is wrong is refused by name", () => {
  test.each([
    ["no JSON", "{", "bad_params", null],
    ["a number", "5", "bad_params", null],
    ["a batch", "[]", "bad_params", null],
    ["JSON-RPC 1", '{"id":1,"method":"engine.info"}', "bad_params", null],
    ["a notification", '{"jsonrpc":"2.0","method":"engine.info"}', "bad_params", null],
    ["an unknown call", '{"jsonrpc":"2.0","id":1,"method":"engine.fly"}', "unknown_call", 1],
    ["a name of every object", '{"jsonrpc":"2.0","id":1,"method":"constructor"}', "unknown_call", 1],
    ["a name of every object", '{"jsonrpc":"2.0","id":1,"method":"__proto__"}', "unknown_call", 1],
    ["missing parameters", '{"jsonrpc":"2.0","id":"a","method":"session.subscribe"}', "bad_params", "a"],
    ["parameters of another kind", '{"jsonrpc":"2.0","id":1,"method":"view.ack","params":[1,2]}', "bad_params", 1],
    [
      "a session that is none",
      '{"jsonrpc":"2.0","id":1,"method":"session.subscribe","params":{"session":"s99"}}',
      "no_such_session",
      1,
    ],
    [
      "a probe that is none",
      '{"jsonrpc":"2.0","id":1,"method":"capture.list","params":{"session":"s1","probe":"p99"}}',
      "no_such_probe",
      1,
    ],
    [
      "a view that is none",
      '{"jsonrpc":"2.0","id":1,"method":"view.ack","params":{"view":1,"drawn":1}}',
      "no_such_view",
      1,
    ],
    [
      "a recording that is none",
      '{"jsonrpc":"2.0","id":1,"method":"recording.open","params":{"path":"/nowhere"}}',
      "not_a_recording",
      1,
    ],
  ])("%s", async (_name, text, code, id) => {
    const reply = await ask(text);
    expect([reply.id, reply.error?.data.code]).toEqual([id, code]);
  });

  test("a parameter is named", async () => {
    const request = { jsonrpc: "2.0", id: 1, method: "view.open", params: { session: "s1", probe: "p1", request: {} } };
    await expect(ask(JSON.stringify(request))).resolves.toMatchObject({
      error: { code: -32602, message: expect.stringMatching(/^Cannot call view\.open: request\.lens: /) },
    });
  });

  test("another client's view is none of this one's", async () => {
    const request = {
      lens: "auto",
      widthDevicePx: 10,
      heightDevicePx: 10,
      xRange: null,
      yRange: null,
      at: "live" as const,
      options: {},
    };
    const { view } = await client.call("view.open", { session: firstSession, probe: firstProbe, request });
    const other = await TestClient.connect(server);
    await expect(other.call("view.close", { view })).rejects.toMatchObject({ code: "no_such_view" });
    await other.close();
  });
});

describe("whatever comes, the engine goes on", () => {
  // Those that would end what the tests share, or start programs, are for other tests.
  const isHarmless = (name: string) => !["engine.shutdown", "session.launch", "session.close"].includes(name);
  const methods = Object.keys(calls).filter(isHarmless);
  const request = fc.record({
    jsonrpc: fc.constant("2.0"),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    method: fc.oneof(fc.constantFrom(...methods), fc.string()),
    params: fc.oneof(
      fc.jsonValue(),
      fc.record({
        session: fc.constantFrom("s1", "s2", ""),
        probe: fc.constantFrom("p1", "p0"),
        view: fc.integer(),
        request: fc.jsonValue(),
      }),
    ),
  });
  const message = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    request.map((one) => JSON.stringify(one)),
    request.map((one) => JSON.stringify(one).slice(0, -3)),
    fc.uint8Array({ maxLength: 200 }),
  );

  test(`random messages (seed ${SEED}) are all answered`, async () => {
    await fc.assert(
      fc.asyncProperty(message, async (one) => {
        const reply = once(client.socket, "message");
        client.socket.send(one);
        const [data] = await reply;
        expect(JSON.parse(String(data))).toMatchObject({ jsonrpc: "2.0" });
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect(await client.call("engine.info", {})).toMatchObject({ pid: process.pid });
  });

  test("JSON that is nested half a million deep is refused", async () => {
    const reply = await ask(`${"[".repeat(500_000)}${"]".repeat(500_000)}`);
    expect(reply.error?.data.code).toBe("bad_params");
    const params = `${'{"a":'.repeat(150_000)}1${"}".repeat(150_000)}`;
    const deep = await ask(`{"jsonrpc":"2.0","id":1,"method":"view.ack","params":${params}}`);
    expect(deep.error?.data.code).toBe("bad_params");
  });

  test("a message of more than 1 MiB closes the link, and only this link", async () => {
    const other = await TestClient.connect(server);
    const closed = once(client.socket, "close");
    client.socket.send("x".repeat(MIB + 1));
    const [code] = await closed;
    expect(code).toBe(1009);
    expect(await other.call("engine.info", {})).toMatchObject({ pid: process.pid });
    await other.close();
  });

  test("binary is answered with a refusal", async () => {
    const reply = once(client.socket, "message");
    client.socket.send(Buffer.from([1, 2, 3]));
    const [data] = await reply;
    expect(JSON.parse(String(data)).error.message).toBe("Cannot read message: it is not text");
  });

  test("frames that break the protocol close the link", async () => {
    const { _socket: raw } = client.socket as unknown as { _socket: NodeJS.WritableStream };
    const closed = once(client.socket, "close");
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await closed;
    const next = await TestClient.connect(server);
    expect(await next.call("session.list", {})).toHaveLength(1);
    await next.close();
  });

  test("nothing of a client is left when it has gone", async () => {
    const before = fixture.hub.clientCount;
    const gone = await TestClient.connect(server);
    await gone.call("session.subscribe", { session: firstSession });
    await gone.call("capture.follow", { session: firstSession });
    const listeners = fixture.log.changes.listenerCount;
    expect(fixture.hub.clientCount).toBe(before + 1);
    await gone.close();
    await client.call("engine.info", {});
    expect(fixture.hub.clientCount).toBe(before);
    expect(fixture.log.changes.listenerCount).toBe(listeners - 1);
  });
});
