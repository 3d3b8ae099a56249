import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { skipWhen } from "../../test/skip.ts";
import { arrayValue, floatRecord, recordOf } from "../capture/test-records.ts";
import { createTestHub, type TestHub } from "./test-hub.ts";
import { CannotListenError, WebServer } from "./web-server.ts";

const folder = mkdtempSync(join(tmpdir(), "pyprobe-page-"));
const page = join(folder, "dist");
let fixture: TestHub;
let server: WebServer;

beforeAll(async () => {
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<!doctype html><title>PyProbe</title>");
  writeFileSync(join(page, "assets", "main-1a2b.js"), "export {}");
  writeFileSync(join(folder, "secret.txt"), "secret");
  symlinkSync(join(folder, "secret.txt"), join(page, "link.txt"));
  fixture = createTestHub();
  fixture.log.append(
    100,
    recordOf(arrayValue(Float64Array.of(1, 2, 3), { data: "float64", shape: [3] }), { seq: 1 }),
    0,
  );
  fixture.log.append(100, floatRecord(0.5, { seq: 2 }), 0);
  server = new WebServer(fixture.hub, { pageDirectory: page });
  await server.listen(0);
});

afterAll(async () => {
  await server.close();
  await fixture.dispose();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** Paths and headers go out exactly as they are given. */
async function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const host = `127.0.0.1:${server.port}`;
  const sent = request({ host: "127.0.0.1", port: server.port, path, method, headers: { host, ...headers } });
  sent.end();
  const [response] = await once(sent, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

const bearer = () => ({ authorization: `Bearer ${server.token}` });
const cookie = () => ({ cookie: `theme=dark; pyprobe_${server.port}=${server.token}` });

describe("the token", () => {
  test("in the address becomes a cookie and leaves the address", async () => {
    const { status, headers } = await get(`/?token=${server.token}&session=s1`);
    expect([status, headers.location]).toEqual([303, "/?session=s1"]);
    expect(headers["set-cookie"]).toEqual([
      `pyprobe_${server.port}=${server.token}; HttpOnly; SameSite=Strict; Path=/`,
    ]);
  });

  test("cannot be used to lead elsewhere", async () => {
    const { headers } = await get(`//evil.example/?token=${server.token}`);
    expect(headers.location).toBe("/evil.example/");
  });

  test.each([
    ["none", () => ({}), 401],
    ["a wrong bearer", () => ({ authorization: "Bearer x" }), 401],
    ["another scheme", () => ({ authorization: `Basic ${server.token}` }), 401],
    ["a wrong cookie", () => ({ cookie: `pyprobe_${server.port}=x` }), 401],
    ["the cookie of another port", () => ({ cookie: `pyprobe_1=${server.token}` }), 401],
    ["the token, cut", () => ({ authorization: `Bearer ${server.token.slice(0, -1)}` }), 401],
    ["the bearer", bearer, 200],
    ["the cookie", cookie, 200],
  ])("%s", async (_name, headers, expected) => {
    expect((await get("/", headers())).status).toBe(expected);
  });

  test("a wrong one in the address is no way in", async () => {
    expect((await get("/?token=x")).status).toBe(401);
    expect((await get("/?token=")).status).toBe(401);
  });
});

describe("Host and Origin", () => {
  test.each([
    ["127.0.0.1:PORT", undefined, 200],
    ["localhost:PORT", undefined, 200],
    ["LOCALHOST:PORT", undefined, 200],
    ["[::1]:PORT", undefined, 200],
    ["127.0.0.1", undefined, 403],
    ["127.0.0.1:1", undefined, 403],
    ["evil.example", undefined, 403],
    ["evil.example:PORT", undefined, 403],
    ["127.0.0.1.evil.example:PORT", undefined, 403],
    ["127.0.0.1:PORT", "http://127.0.0.1:PORT", 200],
    ["127.0.0.1:PORT", "http://localhost:PORT", 200],
    ["127.0.0.1:PORT", "https://127.0.0.1:PORT", 403],
    ["127.0.0.1:PORT", "http://127.0.0.1:1", 403],
    ["127.0.0.1:PORT", "http://evil.example", 403],
    ["127.0.0.1:PORT", "null", 403],
  ])("Host %s, Origin %s: %i", async (host, origin, expected) => {
    const put = (text: string) => text.replace("PORT", String(server.port));
    const headers = { ...bearer(), host: put(host), ...(origin === undefined ? {} : { origin: put(origin) }) };
    expect((await get("/", headers)).status).toBe(expected);
  });

  test("a script of another site cannot load anything even with the cookie", async () => {
    expect((await get("/", { ...cookie(), "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).status).toBe(
      403,
    );
    expect((await get("/", { ...cookie(), "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" })).status).toBe(
      403,
    );
    expect((await get("/", { ...cookie(), "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).status).toBe(
      200,
    );
  });
});

describe("the WebSocket", () => {
  type Opening = { headers?: Record<string, string>; protocols?: string[]; path?: string };

  async function statusOf({ headers = {}, protocols = [], path = "/ws" }: Opening): Promise<number> {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, { headers });
    return new Promise((resolve) => {
      socket.on("error", () => {});
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("open", () => {
        socket.terminate();
        resolve(101);
      });
    });
  }

  test.each<[string, () => Opening, number]>([
    ["without a token", () => ({}), 401],
    ["with a wrong token", () => ({ headers: { authorization: "Bearer x" } }), 401],
    ["with the bearer", () => ({ headers: bearer() }), 101],
    ["with the cookie", () => ({ headers: cookie() }), 101],
    ["with the subprotocol", () => ({ protocols: ["pyprobe", `pyprobe.token.${server.token}`] }), 101],
    ["with a wrong subprotocol", () => ({ protocols: ["pyprobe", "pyprobe.token.x"] }), 401],
    ["from another site", () => ({ headers: { ...cookie(), origin: "http://evil.example" } }), 403],
    ["from another port of this machine", () => ({ headers: { ...cookie(), origin: "http://localhost:1" } }), 403],
    ["by another name of this machine", () => ({ headers: { ...cookie(), host: "evil.example" } }), 403],
    ["at another path", () => ({ headers: bearer(), path: "/socket" }), 404],
  ])("%s", async (_name, opening, expected) => {
    expect(await statusOf(opening())).toBe(expected);
  });
});

describe("the page's files", () => {
  test("are served with what a browser has to know", async () => {
    const index = await get("/", cookie());
    expect(index.body.toString()).toContain("PyProbe");
    expect(index.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "referrer-policy": "no-referrer",
    });
    const policy = index.headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    const asset = await get("/assets/main-1a2b.js", cookie());
    expect(asset.headers["cache-control"]).toContain("immutable");
    expect(asset.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  test.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/....//secret.txt",
    "//secret.txt",
    "/assets/%00",
    "/%c0%ae%c0%ae/secret.txt",
    "/%",
    "/link.txt",
    "/assets",
    "/assets/",
    "/.env",
    "/etc/passwd",
    "/C:/Windows/win.ini",
  ])("nothing is found at %s", async (path) => {
    const { status, body } = await get(path, cookie());
    expect([status, body.toString().includes("secret\n")]).toEqual([404, false]);
    expect(body.toString()).not.toBe("secret");
  });

  test("HEAD sends no body, and other methods are refused", async () => {
    const head = await get("/", cookie(), "HEAD");
    expect([head.status, head.body.length, Number(head.headers["content-length"]) > 0]).toEqual([200, 0, true]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect((await get("/", cookie(), method)).status).toBe(405);
  });

  test("a page that was not built says what to do", async () => {
    const empty = new WebServer(fixture.hub, { pageDirectory: join(folder, "nowhere") });
    await empty.listen(0);
    const answer = await fetch(`http://127.0.0.1:${empty.port}/`, {
      headers: { authorization: `Bearer ${empty.token}` },
    });
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("npm run build")]);
    await empty.close();
  });
});

describe("raw samples", () => {
  const path = "/captures/s1/p1/100/1";
  const bytes = Buffer.from(Float64Array.of(1, 2, 3).buffer);

  test("are the array's elements", async () => {
    const { status, headers, body } = await get(path, cookie());
    expect([status, headers["content-type"], headers.etag]).toEqual([200, "application/octet-stream", '"s1-p1-100-1"']);
    expect(body).toEqual(bytes);
  });

  test.each([
    ["bytes=0-7", 206, "bytes 0-7/24", [0, 8]],
    ["bytes=16-", 206, "bytes 16-23/24", [16, 24]],
    ["bytes=-8", 206, "bytes 16-23/24", [16, 24]],
    ["bytes=8-1000", 206, "bytes 8-23/24", [8, 24]],
    ["bytes=24-", 416, "bytes */24", undefined],
    ["bytes=-0", 416, "bytes */24", undefined],
    ["bytes=5-2", 200, undefined, [0, 24]],
    ["bytes=0-1,4-5", 200, undefined, [0, 24]],
    ["lines=0-1", 200, undefined, [0, 24]],
  ] as const)("Range %s: %i", async (range, status, contentRange, slice) => {
    const answer = await get(path, { ...cookie(), range });
    expect([answer.status, answer.headers["content-range"]]).toEqual([status, contentRange]);
    if (slice !== undefined) expect(answer.body).toEqual(bytes.subarray(...slice));
  });

  test("that a browser has already are not sent again", async () => {
    expect((await get(path, { ...cookie(), "if-none-match": '"s1-p1-100-1"' })).status).toBe(304);
    const stale = await get(path, { ...cookie(), range: "bytes=0-7", "if-range": '"other"' });
    expect([stale.status, stale.body.length]).toEqual([200, 24]);
  });

  test("come as a numpy file, too", async () => {
    const { body } = await get(`${path}?format=npy`, cookie());
    expect(body.toString("latin1", 0, 8)).toBe("\x93NUMPY\x01\x00");
    const headerBytes = 10 + body.readUInt16LE(8);
    expect(headerBytes % 64).toBe(0);
    expect(body.toString("latin1", 10, headerBytes)).toMatch(
      /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(3,\), \} *\n$/,
    );
    expect(body.subarray(headerBytes)).toEqual(bytes);
  });

  test.each([
    ["/captures/s1/p1/100/2", 404],
    ["/captures/s1/p1/100/4", 404],
    ["/captures/s1/p1/1/1", 404],
    ["/captures/s9/p1/100/1", 404],
    ["/captures/s1/p9/100/1", 404],
    ["/captures/s1/p1/100/1/2", 404],
    ["/captures/s1/p1/100/-1", 404],
    ["/captures/s1/p1/100/1e3", 404],
    ["/captures/../s1/p1/100/1", 404],
  ])("%s: %i", async (at, status) => {
    expect((await get(at, cookie())).status).toBe(status);
  });

  test("that cannot be decoded are told, and the engine goes on", async () => {
    const broken = recordOf({ kind: "payload", payload: "array", bytes: Uint8Array.of(9, 9, 9, 9) }, { seq: 3 });
    fixture.log.append(100, broken, 0);
    const { status, body } = await get("/captures/s1/p1/100/3", cookie());
    expect([status, body.toString()]).toEqual([500, expect.stringContaining("Cannot read array payload")]);
  });

  test("need the token", async () => {
    expect((await get(path)).status).toBe(401);
  });
});

describe("the port", () => {
  test("that is taken is told with what to do", async () => {
    const second = new WebServer(fixture.hub, { pageDirectory: page });
    await expect(second.listen(server.port)).rejects.toThrow(CannotListenError);
    await expect(second.listen(server.port)).rejects.toThrow(/another program uses it \(choose another with --port/);
  });

  // Elsewhere 127.0.0.2 is not an address of the machine.
  test("is on 127.0.0.1 only", async (context) => {
    skipWhen(context, process.platform !== "linux", "elsewhere the loopback has no second address");
    const outside = connect({ host: "127.0.0.2", port: server.port });
    const [error] = await once(outside, "error");
    expect(error.code).toBe("ECONNREFUSED");
  });

  test("survives what is not HTTP", async () => {
    const socket = connect({ host: "127.0.0.1", port: server.port });
    await once(socket, "connect");
    socket.end("\0\x01garbage\r\n\r\n");
    await once(socket, "close");
    expect((await get("/", cookie())).status).toBe(200);
  });
});
