/** The captures of a log as the hub asks for them. */
import { type Capture, type ProbeId, probeNumber } from "@pyprobe/protocol";
import { captureJson, type RecordOrigin } from "./capture-json.ts";
import type { CaptureLog, CapturePlace } from "./capture-log.ts";
import type { CaptureTrack } from "./capture-track.ts";
import type { Captures, FoundCapture } from "./captures.ts";
import type { LogCapture } from "./projection-job.ts";

export class CapturesInLog implements Captures {
  readonly #log: CaptureLog;
  readonly #number: number;

  /** `number` names the log to the workers: unique in this engine. */
  constructor(log: CaptureLog, number: number) {
    this.#log = log;
    this.#number = number;
  }

  findNewest(probe: ProbeId, options: { pid?: number | undefined } = {}): FoundCapture | undefined {
    return this.#found(this.#log.findNewest(probeNumber(probe), options));
  }

  findAtOrBefore(probe: ProbeId, at: { pid: number; seq: number }): FoundCapture | undefined {
    return this.#found(this.#log.findAtOrBefore(probeNumber(probe), at));
  }

  list(probe: ProbeId, options: { pid?: number | undefined; after: number; limit: number }): Capture[] {
    const track = this.#trackToList(probe, options.pid);
    if (track === undefined) return [];
    const begin = this.#log.ordinalAfterSeq(track, options.after);
    const end = Math.min(track.end, begin + options.limit);
    const captures: Capture[] = [];
    for (let ordinal = begin; ordinal < end; ordinal += 1) {
      captures.push(captureJson(this.#log.record(track, ordinal), track));
    }
    return captures;
  }

  read({ source }: FoundCapture): { record: Uint8Array; origin: RecordOrigin } | undefined {
    const track = this.#log.findTrack(source.track);
    if (track === undefined || source.ordinal < track.first) return undefined;
    return { record: this.#log.record(track, source.ordinal).slice(), origin: track };
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
      log: this.#number,
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
      recordBytes: this.#log.record(track, ordinal).length,
      arrivals: this.#log.arrivals(track.probe, track.run),
      source,
    };
  }
}
