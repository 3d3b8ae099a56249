/**
 * An engine in a process of its own that watches a program which makes more than its log holds; then prints its resident memory.
 *
 *     node engine-host.ts PYTHON LOG_BYTES ARRAYS
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEngine } from "@pyprobe/engine";
import { line1Schema } from "@pyprobe/protocol";
import { probeAt } from "../harness/program.ts";

const [python = "", logBytes = "", arrays = ""] = process.argv.slice(2);
const { line } = probeAt("frames.py", "frame =", "frame");
const file = join(import.meta.dirname, "frames.py");
const engine = await startEngine({ logBytes: Number(logBytes) });
const ended = Promise.withResolvers<void>();
const link = engine.connect({
  onEvent(event) {
    if (event.method !== "session.changed") return;
    const { state } = event.params.info;
    if (state.kind === "ended") ended.resolve();
    if (state.kind === "failed") ended.reject(new Error(state.message));
  },
});
const { id: session } = await link.call("session.launch", {
  program: { kind: "script", path: file },
  args: [arrays, "0", "1"],
  python,
  probes: [{ query: { file, line: line1Schema.parse(line), symbol: "frame" }, mode: { kind: "every" } }],
  hold: true,
});
await link.call("session.subscribe", { session });
await link.call("session.begin", { session });
await ended.promise;
// Garbage of the last captures may go.
await sleep(1000);
const { log, counters } = await link.call("session.subscribe", { session });
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ rss, logBytes: log.bytes, maxBytes: log.maxBytes, captures: counters[0]?.captures ?? 0 }));
await engine.close();
