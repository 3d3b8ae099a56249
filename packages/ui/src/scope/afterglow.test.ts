import type { ViewPacket } from "@pyprobe/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Afterglow } from "./afterglow.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function packet(seq: number, { lens = "constellation", source = "array" } = {}): ViewPacket {
  const tags = { call: 1, hit: seq, depth: 0, thread: 1, task: null, pid: 1 };
  return {
    head: {
      view: 1,
      probe: "p1",
      lens,
      capture: { seq, tNs: seq, tags },
      value: null,
      reduction: null,
      skipped: 0,
      meta: { source },
      columns: [],
    },
    columns: {},
  };
}

const seqs = (afterglow: Afterglow) => afterglow.trail.map(({ head }) => head.capture?.seq);

test("keeps the few captures that were shown before, newest first", () => {
  const afterglow = new Afterglow(() => {});
  for (const seq of [1, 2, 3, 4, 5]) afterglow.show(packet(seq));
  expect(seqs(afterglow)).toEqual([4, 3, 2]);
  afterglow.show(packet(5));
  expect(seqs(afterglow)).toEqual([4, 3, 2]);
});

test("is gone from a picture that stands, and tells", () => {
  const onFaded = vi.fn();
  const afterglow = new Afterglow(onFaded);
  afterglow.show(packet(1));
  afterglow.show(packet(2));
  vi.runAllTimers();
  expect(onFaded).toHaveBeenCalledOnce();
  expect(seqs(afterglow)).toEqual([]);
  afterglow.show(packet(3));
  expect(seqs(afterglow)).toEqual([2]);
  afterglow.clear();
  expect(vi.getTimerCount()).toBe(0);
});

test("is of arrays in the plane alone", () => {
  const afterglow = new Afterglow(() => {});
  for (const seq of [1, 2]) afterglow.show(packet(seq));
  afterglow.show(packet(3, { lens: "waveform" }));
  expect(seqs(afterglow)).toEqual([]);
  for (const seq of [4, 5]) afterglow.show(packet(seq, { source: "scalar" }));
  expect(seqs(afterglow)).toEqual([]);
});
