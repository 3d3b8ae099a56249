import { describe, expect, it } from "vitest";
import { type SoftRange, softenRange } from "./soft-range.ts";

function run(steps: readonly (readonly [wanted: readonly [number, number], atMs: number])[]): SoftRange | null {
  return steps.reduce<SoftRange | null>((state, [wanted, atMs]) => softenRange(state, wanted, atMs), null);
}

describe("softenRange", () => {
  it("widens at once", () => {
    expect(
      run([
        [[-1, 1], 0],
        [[-1, 5], 10],
      ])?.range,
    ).toEqual([-1, 5]);
  });

  it("waits two seconds before it narrows, then to all that was seen meanwhile", () => {
    const small = [
      [[-10, 10], 0],
      [[-1, 1], 100],
      [[-2, 1], 1100],
    ] as const;
    expect(run([...small, [[-1, 1], 2000]])?.range).toEqual([-10, 10]);
    expect(run([...small, [[-1, 1], 2100]])?.range).toEqual([-2, 1]);
  });

  it("starts waiting anew when the room is needed again", () => {
    const steps = [
      [[-10, 10], 0],
      [[-1, 1], 100],
      [[-9, 9.5], 1500],
      [[-1, 1], 1600],
      [[-1, 1], 2200],
    ] as const;
    expect(run(steps)?.range).toEqual([-10, 10]);
  });

  it("does not move for a little", () => {
    expect(
      run([
        [[0, 10], 0],
        [[0, 9], 100],
        [[0, 9], 9000],
      ])?.range,
    ).toEqual([0, 10]);
  });
});
