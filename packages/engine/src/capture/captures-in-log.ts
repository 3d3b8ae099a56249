/** The captures of a log as the hub asks for them. */
import { type ProbeId, probeNumber } from "@pyprobe/protocol";
import type { CaptureLog, CapturePlace } from "./capture-log.ts";
import type { CaptureHome, LogCapture } from "./capture-source.ts";
import type { CaptureTrack } from "./capture-track.ts";
import type { Captures, CapturesInRange, FoundCapture, ReadCapture } from "./captures.ts";

export class CapturesInLog implements Captures {
  readonly home: CaptureHome & { kind: "log" };
  readonly #log: CaptureLog;

  /** `number` names the log to the workers: unique in this engine. */
  constructor(log: CaptureLog, number: number) {
    this.#log = log;
    this.home = { kind: "log", log: number };
  }

  findNewest(probe: ProbeId, options: { pid?: number | undefined } = {}): FoundCapture | undefined {
    return this.#found(this.#log.findNewest(probeNumber(probe), options));
  }

  findAtOrBefore(probe: ProbeId, at: { pid: number; seq: number }): FoundCapture | undefined {
    return this.#found(this.#log.findAtOrBefore(probeNumber(probe), at));
  }

  *range(probe: ProbeId, options: { pid?: number | undefined; after: number; limit: number }): CapturesInRange {
    const track = this.#trackToList(probe, options.pid);
    if (track === undefined) return;
    let ordinal = this.#log.ordinalAfterSeq(track, options.after);
    const end = Math.min(track.end, ordinal + options.limit);
    for (; ordinal < end; ordinal += 1) {
      ordinal = Math.max(ordinal, track.first);
      if (ordinal < end) yield { record: this.#log.record(track, ordinal), origin: track };
    }
  }

  read({ source }: FoundCapture, options: { maxBytes?: number } = {}): ReadCapture | undefined {
    const track = source.kind === "log" ? this.#log.findTrack(source.track) : undefined;
    if (source.kind !== "log" || track === undefined || source.ordinal < track.first) return undefined;
    const record = this.#log.record(track, source.ordinal);
    return record.length > (options.maxBytes ?? Infinity) ? undefined : { record: record.slice(), origin: track };
  }

  #trackToList(probe: ProbeId, pid: number | undefined): CaptureTrack | undefined {
    const tracks = this.#log.tracksOf(probeNumber(probe)).filter((track) => pid === undefined || track.pid === pid);
    const run = tracks.at(-1)?.run;
    return tracks.find((track) => track.run === run);
  }

  #found(place: CapturePlace | undefined): FoundCapture | undefined {
    if (place === undefined) return undefined;
    const { track, ordinal } = place;
    const source: LogCapture = {
      kind: "log",
      log: this.home.log,
      ring: this.#log.ring.memory,
      track: track.number,
      places: track.placesMemory,
      pid: track.pid,
      originNs: track.originNs,
      first: track.first,
      ordinal,
      place: track.placeOf(ordinal),
    };
    return {
      run: track.run,
      pid: track.pid,
      seq: this.#log.seq(track, ordinal),
      tNs: this.#log.timeNs(track, ordinal),
      arrivals: this.#log.arrivals(track.probe, track.run),
      source,
    };
  }
}
