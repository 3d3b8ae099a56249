/** The promises that hold on every CPython of this machine. */
import { describe, expect, test } from "vitest";
import { linesOf, runJson } from "../harness/cli.ts";
import { testPythons } from "../harness/pythons.ts";

describe.each(testPythons())("Python $tag", ({ path, tag, minor }) => {
  test("every value of a long loop arrives, in order, and the mechanism is the right one", async () => {
    const count = 20_000;
    const probe = "--probe=add_up.py:8:total";
    const { lines, code } = await runJson(["--python", path, probe, "add_up.py", String(count)]);
    const captures = linesOf(lines, "capture");
    let sum = 0;
    const expected = Array.from({ length: count }, (_, i) => (sum += i));
    expect(captures.map(({ value }) => (value.kind === "scalar" ? value.value : value.kind))).toEqual(expected);
    expect(captures.every(({ seq }, i) => i === 0 || seq > (captures[i - 1]?.seq ?? 0))).toBe(true);
    expect(captures.every(({ t_ns }, i) => i === 0 || t_ns >= (captures[i - 1]?.t_ns ?? 0))).toBe(true);
    const [session] = linesOf(lines, "session");
    expect(session?.mechanism).toBe(minor >= 12 ? "monitoring" : "code_swap");
    expect(session?.python.startsWith(tag.replace("t", ""))).toBe(true);
    const [end] = linesOf(lines, "end");
    expect(end).toEqual({
      event: "end",
      exit_code: 0,
      signal: null,
      captures: { p1: count },
      skipped: { p1: {} },
      lost: { p1: 0 },
    });
    expect(code).toBe(0);
  });
});
