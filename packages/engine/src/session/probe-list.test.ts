import { type Anchor, CallError, type ProbeId } from "@pyprobe/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import type { PlacementReport } from "./adapter.ts";
import { MAX_PROBES, ProbeList } from "./probe-list.ts";

let list: ProbeList;

beforeEach(() => {
  list = new ProbeList();
});

const anchor = (line: number, symbol = "x"): Anchor =>
  ({ file: "/app.py", line, column: 0, symbol, function: "", context: "store" }) as Anchor;
const every = { kind: "every" } as const;
const p1 = "p1" as ProbeId;
const neverHit = () => false;

function add(line = 1): ProbeId {
  return list.add(anchor(line), every).probe.id;
}

function report(pid: number, state: PlacementReport["state"], rest: Partial<PlacementReport> = {}) {
  return list.place({ pid, probe: p1, state, ...rest })?.state;
}

describe("ids", () => {
  test("count up and are never used again", () => {
    expect([add(1), add(2)]).toEqual(["p1", "p2"]);
    list.remove("p2" as ProbeId);
    expect(add(3)).toBe("p3");
    expect(list.probes.map(({ id }) => id)).toEqual(["p1", "p3"]);
  });

  test("the same anchor is the same probe, also after it was removed", () => {
    expect(list.add(anchor(1), every)).toMatchObject({ isNew: true });
    expect(list.add(anchor(1), { kind: "auto" })).toMatchObject({ isNew: false, probe: { id: "p1", mode: every } });
    list.remove(p1);
    expect(list.add(anchor(1), { kind: "auto" })).toMatchObject({
      isNew: true,
      probe: { id: "p1", mode: { kind: "auto" } },
    });
    expect(list.add(anchor(1, "y"), every).probe.id).toBe("p2");
  });

  test("there is an end to them", () => {
    for (let line = 1; line <= MAX_PROBES; line += 1) add(line);
    expect(() => add(MAX_PROBES + 1)).toThrow(CallError);
  });

  test("what was never added cannot be removed, changed or restored", () => {
    for (const act of [() => list.remove(p1), () => list.update(p1, every), () => list.restore(p1)]) {
      expect(act).toThrow("Cannot find probe p1: it was never added, or it was removed");
    }
  });
});

describe("states", () => {
  beforeEach(() => add());

  test("what processes said that have ended counts on, as one", () => {
    report(1, "pending");
    report(2, "failed", { code: "fault", message: "first" });
    report(3, "armed");
    for (const pid of [2, 3, 4]) list.settle(pid);
    expect(list.get(p1).state).toEqual({ kind: "armed" });
    // Another process with the pid of one that ended.
    expect(report(3, "failed", { code: "fault", message: "second" })).toBeUndefined();
    list.settle(3);
    expect(list.get(p1).state).toEqual({ kind: "armed" });
  });

  test("are the best of what the processes say", () => {
    expect(list.get(p1).state).toEqual({ kind: "pending" });
    expect(report(1, "failed", { code: "no_code", message: "no" })).toEqual({
      kind: "failed",
      code: "no_code",
      message: "no",
    });
    expect(report(2, "pending", { code: "not_loaded" })).toEqual({ kind: "pending", code: "not_loaded" });
    expect(report(3, "armed")).toEqual({ kind: "armed" });
    expect(report(2, "failed", { code: "no_code", message: "no" })).toBeUndefined();
    expect(list.captured(p1)?.state).toEqual({ kind: "live" });
    expect(list.captured(p1)).toBeUndefined();
    expect(report(3, "failed", { code: "fault", message: "no" })).toBeUndefined();
  });

  test("tell at the end of a run why nothing was seen, and begin anew with the next", () => {
    add(2);
    add(3);
    report(1, "armed");
    list.captured("p2" as ProbeId);
    expect(list.runEnded(neverHit).map(({ id, state }) => [id, state.kind, "code" in state && state.code])).toEqual([
      ["p1", "armed", "never_executed"],
      ["p3", "pending", "target_ended"],
    ]);
    list.runStarted();
    expect(list.probes.map(({ state }) => state)).toEqual([
      { kind: "pending" },
      { kind: "pending" },
      { kind: "pending" },
    ]);
  });

  test("of a probe whose hits all became skips do not claim that its line never ran", () => {
    report(1, "armed");
    expect(list.runEnded((id) => id === p1)).toEqual([]);
    expect(list.get(p1).state).toEqual({ kind: "armed" });
  });

  test("say what keeps a condition from being evaluated, also while there are captures", () => {
    const told = { code: "condition_unreadable", message: 'Cannot evaluate "gain > 3" at app.py:1: no gain' } as const;
    report(1, "armed", told);
    expect(list.get(p1).state).toEqual({ kind: "armed", ...told });
    expect(list.captured(p1)?.state).toEqual({ kind: "live", ...told });
    expect(report(1, "armed")).toEqual({ kind: "live" });
    const bad = { code: "bad_condition", message: "Cannot evaluate it" } as const;
    expect(report(1, "failed", bad)).toEqual({ kind: "failed", ...bad });
  });

  test("of a refused wish stay what they are, and no agent hears of it", () => {
    const refusal = { kind: "failed", code: "no_such_name", message: "no" } as const;
    const refused = list.addRefused(anchor(9), every, refusal);
    list.runStarted();
    list.runEnded(neverHit);
    expect(list.get(refused.id).state).toEqual(refusal);
    expect(list.placeable.map(({ id }) => id)).toEqual(["p1"]);
  });

  test("of a removed probe are not told", () => {
    list.remove(p1);
    expect(report(1, "armed")).toBeUndefined();
    expect(list.runEnded(neverHit)).toEqual([]);
    expect(list.anchorOf(p1)).toEqual(anchor(1));
  });
});
