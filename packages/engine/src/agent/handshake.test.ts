import { describe, expect, test } from "vitest";
import { helloWith } from "../../test/agent-peer.ts";
import { compareVersions, judgeHello, TokenTable } from "./handshake.ts";

const versions = { protocol: 3, engine: "0.3.2", oldestAgent: "0.3" };
const findGuest = (token: string) => (token === "right" ? "guest" : token === "old" ? "gone" : undefined);
const judge = (changes: Record<string, unknown>) =>
  judgeHello(helloWith({ protocol: 3, agent: "0.3.0", token: "right", ...changes }), findGuest, versions);

describe("judgeHello", () => {
  test("lets an agent in that shows the token of somebody who waits", () => {
    expect(judge({})).toMatchObject({ kind: "accepted", guest: "guest", hello: { pid: 4242 } });
  });

  test.each([
    [
      { agent: "0.1.7" },
      "agent_too_old",
      "Your pyprobe-tracer is 0.1, but this PyProbe requires 0.3. Run: /usr/bin/python3 -m pip install --upgrade pyprobe-tracer",
    ],
    [
      { agent: "0.4.0", protocol: 4 },
      "agent_too_new",
      'Your pyprobe-tracer is 0.4, newer than this PyProbe (0.3). Update PyProbe, or run: /usr/bin/python3 -m pip install "pyprobe-tracer==0.3.*"',
    ],
    [
      { protocol: 2 },
      "protocol_mismatch",
      "Your pyprobe-tracer 0.3 speaks protocol 2, but this PyProbe speaks 3. Run: /usr/bin/python3 -m pip install --upgrade pyprobe-tracer",
    ],
    [{ token: "wrong" }, "bad_token", "Cannot accept agent: its token is wrong (start the program through PyProbe)"],
    [{ token: "old" }, "no_such_session", "Cannot accept agent: its session has ended"],
    [
      { pid: "many" },
      "malformed_hello",
      "Cannot accept agent: its hello is malformed at pid (use the pyprobe-tracer of this PyProbe's version)",
    ],
  ])("refuses %o with %s", (changes, code, message) => {
    expect(judge(changes)).toEqual({ kind: "refused", refusal: { code, message } });
  });

  test("tells an old agent what to do even when its hello has nothing else that we know", () => {
    const old = { type: "hello", protocol: 1, agent: "0.1", executable: "/opt/py/bin/python" };
    expect(judgeHello(old, findGuest, versions)).toMatchObject({ kind: "refused", refusal: { code: "agent_too_old" } });
  });

  test.each([
    [{ type: "hello" }, "protocol"],
    [{ type: "hello", protocol: "3" }, "protocol"],
    [{ type: "hello", protocol: 3, agent: "0.3.0" }, "executable"],
  ])("says what is wrong with a hello that is too little to judge: %o", (message, place) => {
    expect(judgeHello(message, findGuest, versions)).toMatchObject({
      kind: "refused",
      refusal: { code: "malformed_hello", message: expect.stringContaining(`malformed at ${place} (`) },
    });
  });

  test("an agent may say which session it was started for", () => {
    expect(judge({ session: "s7" })).toMatchObject({ kind: "accepted", hello: { session: "s7" } });
    expect(judge({ session: 7 })).toMatchObject({ kind: "refused", refusal: { code: "malformed_hello" } });
  });

  test.each([[null], ["hello"], [[]], [{ type: "ping" }]])("has no answer for a stranger: %o", (message) => {
    expect(judgeHello(message, findGuest, versions)).toMatchObject({ kind: "stranger" });
  });
});

describe("TokenTable", () => {
  test("finds by the whole token only, and knows who is gone", () => {
    const table = new TokenTable<string>();
    const remove = table.add("abc", "first");
    table.add("abcd", "second");
    expect(["abc", "abcd", "ab", ""].map((token) => table.find(token))).toEqual([
      "first",
      "second",
      undefined,
      undefined,
    ]);
    remove();
    expect(table.find("abc")).toBe("gone");
  });

  test("forgets the oldest of those that are gone", () => {
    const table = new TokenTable<string>({ maxGone: 2 });
    for (const token of ["a", "b", "c"]) table.add(token, token)();
    expect(["a", "b", "c"].map((token) => table.find(token))).toEqual([undefined, "gone", "gone"]);
  });
});

test("versions compare as numbers, by major and minor", () => {
  expect(compareVersions("0.10.0", "0.9")).toBeGreaterThan(0);
  expect(compareVersions("1.0", "0.99.9")).toBeGreaterThan(0);
  expect(compareVersions("0.3.9", "0.3")).toBe(0);
  expect(compareVersions("nonsense", "0.1")).toBeLessThan(0);
});
