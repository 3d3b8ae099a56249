/**
 * Whatever arrives on the page's port: nobody without the token gets anything, no file but the page's goes out, and the engine goes on
 * to serve the next one. Repeat a failure with PYPROBE_TEST_SEED.
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SeededRandom, testSeed } from "../../test/seeded-random.ts";
import { floatRecord } from "../capture/test-records.ts";
import { createTestHub, type TestHub } from "./test-hub.ts";
import { WebServer } from "./web-server.ts";

const ROUNDS = 400;
const SECRET = "precious";
const seed = testSeed();
const random = new SeededRandom(seed);

let folder: string;
let fixture: TestHub;
let server: WebServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-http-"));
  mkdirSync(join(folder, "page"));
  writeFileSync(join(folder, "page", "index.html"), "<!doctype html><title>PyProbe</title>");
  writeFileSync(join(folder, "secret.txt"), SECRET);
  fixture = createTestHub();
  fixture.log.append(100, floatRecord(0.5, { seq: 1 }), 0);
  server = new WebServer(fixture.hub, { pageDirectory: join(folder, "page") });
  await server.listen(0);
});

afterAll(async () => {
  await server.close();
  await fixture.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const methods = ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "PRI", "", "g\u00e9t"];
const paths = [
  "/",
  "/index.html",
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/%00",
  "/ws",
  "*",
  "",
];
const values = ["", "bytes=0-", "bytes=9999999999999999999-1", "x".repeat(5000), "\x00", "chunked", "-1", "null"];
const names = [
  "Origin",
  "Cookie",
  "Range",
  "Content-Length",
  "Transfer-Encoding",
  "Upgrade",
  "Connection",
  "Sec-WebSocket-Key",
];

function randomPath(): string {
  const raw = `/raw/${random.pick(["s1", "s2", "", "%"])}/p${random.below(4)}/${random.pick(["100", "-1", "NaN"])}/${random.below(3)}`;
  const path = random.pick([...paths, raw]);
  return random.next() < 0.3 ? `${path}?token=${random.pick(["", "0".repeat(64), "%ff", "a&token=b"])}` : path;
}

/** Never with the right token. */
function randomRequest(): Buffer {
  const host = random.pick([`127.0.0.1:${server.port}`, "example.com", "", `127.0.0.1:${server.port}.example.com`]);
  const headers = Array.from({ length: random.below(5) }, () => `${random.pick(names)}: ${random.pick(values)}`);
  const text = [`${random.pick(methods)} ${randomPath()} HTTP/1.1`, `Host: ${host}`, ...headers, "", ""].join("\r\n");
  const bytes = Buffer.from(text, "latin1");
  for (let flips = random.next() < 0.3 ? random.below(6) : 0; flips > 0; flips -= 1)
    bytes[random.below(bytes.length)] = random.below(256);
  return random.next() < 0.2 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** All that comes back until the other end, or this one when it has waited long enough, closes. */
async function answerTo(request: Buffer): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: server.port });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.end(request);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

test(`random requests (seed ${seed}) open nothing and end nothing`, async () => {
  for (let round = 0; round < ROUNDS; round += 20) {
    const requests = Array.from({ length: 20 }, randomRequest);
    const answers = await Promise.all(requests.map(answerTo));
    for (const [index, answer] of answers.entries()) {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
      expect([requests[index]?.toString("latin1"), status === 0 || status >= 400]).toEqual([
        requests[index]?.toString("latin1"),
        true,
      ]);
      expect(answer).not.toContain(SECRET);
    }
  }
  const headers = { authorization: `Bearer ${server.token}` };
  const page = await fetch(`http://127.0.0.1:${server.port}/`, { headers });
  expect([page.status, await page.text()]).toEqual([200, "<!doctype html><title>PyProbe</title>"]);
});
