/** Recordings: written beside everything else, readable with plain SQLite, shown again by `pyprobe open`. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { fetchPage, runCli, startCli } from "../harness/cli.ts";
import { anyPython } from "../harness/pythons.ts";

const { path: python } = anyPython();
const folder = mkdtempSync(join(tmpdir(), "pyprobe-e2e-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = (path: string) =>
  runCli(["run", "--headless", "--python", python, "--record", path, "--probe=add_up.py:8:total", "add_up.py", "100"]);

test("a recording holds every capture and the source, and opens in the page", async () => {
  const path = join(folder, "sum.pyprobe");
  const { code } = await record(path);
  expect(code).toBe(0);
  const database = new DatabaseSync(path, { readOnly: true });
  expect(database.prepare("select count(*) as count from captures").get()).toEqual({ count: 100 });
  expect(database.prepare("select count(*) as count from sources").get()).toEqual({ count: 1 });
  database.close();

  const cli = startCli(["open", "--no-open", path]);
  const [, address = ""] = await cli.waitFor(/PyProbe is at (\S+)/);
  expect((await fetchPage(address)).status).toBe(200);
  cli.child.kill("SIGINT");
  expect((await cli.ended).code).toBe(0);
});

test("a port that is in use is refused", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runCli(["run", "--no-open", "--port", String(port), "--python", python, "add_up.py"]);
  server.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`Cannot listen on port ${port}: another program uses it`);
});

test("with the page the program's output is on the terminal, and its end is told", async () => {
  const cli = startCli(["run", "--no-open", "--python", python, "exit_with_code.py", "3"]);
  await cli.waitFor(/The program ended with exit code 3; the page stays at http\S+ until Ctrl-C\n/);
  cli.child.kill("SIGINT");
  expect((await cli.ended).code).toBe(3);
});
