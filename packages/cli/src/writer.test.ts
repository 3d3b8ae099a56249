import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { Writer } from "./writer.ts";

test("whoever writes more than the reader takes waits for the reader", async () => {
  const stream = new PassThrough({ highWaterMark: 8 });
  const writer = new Writer(stream);
  await writer.write("abc");
  let isWritten = false;
  const writing = writer.write("more than eight").then(() => {
    isWritten = true;
  });
  await Promise.resolve();
  expect(isWritten).toBe(false);
  stream.resume();
  await writing;
  expect(isWritten).toBe(true);
});

test("a reader that goes away sets waiting writers free and is told once", async () => {
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, _callback) => {} });
  const writer = new Writer(stream);
  let told = 0;
  writer.onClosed = () => {
    told += 1;
  };
  const writing = writer.write("text");
  stream.destroy(new Error("EPIPE"));
  await writing;
  await writer.write("more");
  await writer.flush();
  expect(writer.isClosed).toBe(true);
  expect(told).toBe(1);
});
