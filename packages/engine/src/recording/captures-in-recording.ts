/** The captures of a recording as the hub asks for them. What was found once is remembered: the file does not change. */
import type { DatabaseSync } from "node:sqlite";
import { type ProbeId, probeNumber } from "@pyprobe/protocol";
import type { CaptureHome } from "../capture/capture-source.ts";
import type { Captures, CapturesInRange, FoundCapture, ReadCapture } from "../capture/captures.ts";
import { RecordingQuery, type TrackKey } from "./recording-query.ts";

export class CapturesInRecording implements Captures {
  readonly home: CaptureHome & { kind: "recording" };
  readonly #query: RecordingQuery;
  readonly #runs: readonly number[];
  readonly #newest = new Map<string, FoundCapture | undefined>();
  readonly #counts = new Map<string, number>();

  constructor(database: DatabaseSync, path: string) {
    this.home = { kind: "recording", path };
    this.#query = new RecordingQuery(database);
    this.#runs = this.#query.runs();
  }

  findNewest(probe: ProbeId, options: { pid?: number | undefined } = {}): FoundCapture | undefined {
    const key = `${probe} ${options.pid ?? ""}`;
    if (!this.#newest.has(key)) this.#newest.set(key, this.#findNewest(probe, options.pid));
    return this.#newest.get(key);
  }

  findAtOrBefore(probe: ProbeId, at: { pid: number; seq: number }): FoundCapture | undefined {
    for (const run of this.#runs) {
      const found = this.#find({ probe: probeNumber(probe), run, pid: at.pid }, at.seq);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  range(probe: ProbeId, options: { pid?: number | undefined; after: number; limit: number }): CapturesInRange {
    for (const run of this.#runs) {
      const pids = options.pid === undefined ? this.#query.pids(run) : [options.pid];
      const tracks = pids.map((pid) => ({ probe: probeNumber(probe), run, pid }));
      const track = tracks.find(
        (candidate) => this.#query.newestAtOrBefore(candidate, Number.MAX_SAFE_INTEGER) !== undefined,
      );
      if (track !== undefined) return this.#recordsOf(track, options);
    }
    return [];
  }

  read({ source }: FoundCapture, options: { maxBytes?: number } = {}): ReadCapture | undefined {
    const record = source.kind === "recording" ? this.#query.record(source) : undefined;
    if (record === undefined || record.length > (options.maxBytes ?? Infinity)) return undefined;
    return { record, origin: { pid: source.pid, originNs: 0n } };
  }

  *#recordsOf(track: TrackKey, options: { after: number; limit: number }): CapturesInRange {
    const origin = { pid: track.pid, originNs: 0n };
    for (const record of this.#query.recordsAfter(track, options)) yield { record, origin };
  }

  #findNewest(probe: ProbeId, pid: number | undefined): FoundCapture | undefined {
    const run = this.#runs[0];
    if (run === undefined) return undefined;
    const pids = pid === undefined ? this.#query.pids(run) : [pid];
    return pids
      .map((one) => this.#find({ probe: probeNumber(probe), run, pid: one }, Number.MAX_SAFE_INTEGER))
      .filter((found) => found !== undefined)
      .reduce<FoundCapture | undefined>(
        (best, found) => (best === undefined || found.tNs > best.tNs ? found : best),
        undefined,
      );
  }

  #find(track: TrackKey, seq: number): FoundCapture | undefined {
    const found = this.#query.newestAtOrBefore(track, seq);
    if (found === undefined) return undefined;
    const source = { kind: "recording", path: this.home.path, ...track, seq: found.seq } as const;
    return { ...track, ...found, arrivals: this.#count(track), source };
  }

  #count({ probe, run }: TrackKey): number {
    const key = `${probe} ${run}`;
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = this.#query.count(probe, run);
      this.#counts.set(key, count);
    }
    return count;
  }
}
