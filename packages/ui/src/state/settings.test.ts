import { expect, test } from "vitest";
import type { AnchorKey } from "./anchor-key.ts";
import { Settings } from "./settings.ts";

function storage() {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}

test("each program keeps its own arrangement", () => {
  const kept = storage();
  const first = new Settings(kept);
  first.openProgram("/a.py");
  first.remember({ codeShare: 50 });
  first.rememberLens("k" as AnchorKey, "waveform");
  first.openProgram("/b.py");
  expect(first.program).toEqual({});
  const second = new Settings(kept);
  second.openProgram("/a.py");
  expect(second.program.codeShare).toBe(50);
  expect(second.lensOf("k" as AnchorKey)).toBe("waveform");
  second.rememberLens("k" as AnchorKey, null);
  expect(second.lensOf("k" as AnchorKey)).toBeNull();
});

test("damaged, full or forbidden storage is as good as none", () => {
  const damaged = storage();
  damaged.setItem("pyprobe.program./a.py", "{");
  const settings = new Settings(damaged);
  settings.openProgram("/a.py");
  expect(settings.program).toEqual({});
  const refuse = () => {
    throw new Error("QuotaExceededError");
  };
  const full = new Settings({ getItem: refuse, setItem: refuse, removeItem: refuse });
  full.theme = "light";
  expect(full.theme).toBeNull();
  expect(new Settings(undefined).theme).toBeNull();
});
