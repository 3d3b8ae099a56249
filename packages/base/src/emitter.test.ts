import { expect, test } from "vitest";
import { Emitter } from "./emitter.ts";

type Events = { ticked: number; closed: string };

test("listeners run in the order they were added, until they are disposed", () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  const dispose = emitter.on("ticked", (n) => heard.push(`a${n}`));
  emitter.on("ticked", (n) => heard.push(`b${n}`));
  emitter.emit("ticked", 1);
  dispose();
  emitter.emit("ticked", 2);
  expect(heard).toEqual(["a1", "b1", "b2"]);
  expect(emitter.listenerCount).toBe(1);
});

test("the same function added twice is two listeners", () => {
  const emitter = new Emitter<Events>();
  let count = 0;
  const listener = () => {
    count += 1;
  };
  const dispose = emitter.on("ticked", listener);
  emitter.on("ticked", listener);
  emitter.emit("ticked", 1);
  dispose();
  emitter.emit("ticked", 2);
  expect(count).toBe(3);
});

test("a listener that another one removed does not hear the event that is on its way", () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  emitter.on("ticked", () => disposeSecond());
  const disposeSecond = emitter.on("ticked", () => heard.push("second"));
  emitter.emit("ticked", 1);
  expect(heard).toEqual([]);
});

test("when a listener throws the others still hear, and emit throws the first error", () => {
  const emitter = new Emitter<Events>();
  const heard: number[] = [];
  emitter.on("ticked", () => {
    throw new Error("first");
  });
  emitter.on("ticked", (n) => heard.push(n));
  expect(() => emitter.emit("ticked", 7)).toThrow("first");
  expect(heard).toEqual([7]);
});

test("next gives one event and leaves nothing behind, also when it is aborted", async () => {
  const emitter = new Emitter<Events>();
  const next = emitter.next("closed");
  emitter.emit("closed", "bye");
  expect(await next).toBe("bye");
  const abort = new AbortController();
  const never = emitter.next("closed", { signal: abort.signal });
  abort.abort(new Error("enough"));
  await expect(never).rejects.toThrow("enough");
  await expect(emitter.next("closed", { signal: abort.signal })).rejects.toThrow("enough");
  expect(emitter.listenerCount).toBe(0);
});
