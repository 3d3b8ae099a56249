/** The tracks of one capture log: which there are, by number, by probe and by process. Owned by the log, used on the event loop. */
import { CaptureTrack } from "./capture-track.ts";

/** `arrivals`: captures of the newest track's run, over all processes. */
type ProbeTracks = { newest: CaptureTrack; tracks: CaptureTrack[]; arrivals: number };

export class CaptureTracks {
  readonly #byNumber = new Map<number, CaptureTrack>();
  readonly #probes = new Map<number, ProbeTracks>();
  /** Those of processes that run, by `pid * 65536 + probe`. */
  readonly #current = new Map<number, CaptureTrack>();
  readonly #originsNs = new Map<number, bigint>();
  #nextNumber = 1;

  get count(): number {
    return this.#byNumber.size;
  }

  /** Oldest first. */
  get all(): IterableIterator<CaptureTrack> {
    return this.#byNumber.values();
  }

  find(number: number): CaptureTrack | undefined {
    return this.#byNumber.get(number);
  }

  ofProbe(probe: number): readonly CaptureTrack[] {
    return this.#probes.get(probe)?.tracks ?? [];
  }

  /** The one that captured last. */
  newestOf(probe: number): CaptureTrack | undefined {
    return this.#probes.get(probe)?.newest;
  }

  current(pid: number, probe: number): CaptureTrack | undefined {
    return this.#current.get(keyOf(pid, probe));
  }

  /** Captures a probe has made in a run, over all processes. */
  arrivals(probe: number, run: number): number {
    const ofProbe = this.#probes.get(probe);
    if (ofProbe?.newest.run === run) return ofProbe.arrivals;
    return this.ofProbe(probe).reduce((sum, track) => (track.run === run ? sum + track.end : sum), 0);
  }

  setOrigin(pid: number, originNs: bigint): void {
    this.#originsNs.set(pid, originNs);
  }

  /** `timeNs`, of the first capture, is the origin where none was said. */
  add(start: { pid: number; probe: number; run: number; timeNs: bigint }): CaptureTrack {
    const { pid, probe, run } = start;
    const originNs = this.#originsNs.get(pid) ?? start.timeNs;
    this.#originsNs.set(pid, originNs);
    const track = new CaptureTrack({ number: this.#nextNumber, probe, pid, run, originNs });
    this.#nextNumber += 1;
    this.#byNumber.set(track.number, track);
    this.#current.set(keyOf(pid, probe), track);
    const ofProbe = this.#probes.get(probe);
    if (ofProbe === undefined) this.#probes.set(probe, { newest: track, tracks: [track], arrivals: 0 });
    else ofProbe.tracks.push(track);
    return track;
  }

  captured(track: CaptureTrack): void {
    const probe = this.#probes.get(track.probe);
    if (probe === undefined) return;
    probe.arrivals = probe.newest.run === track.run ? probe.arrivals + 1 : 1;
    probe.newest = track;
  }

  beginRun(): void {
    this.#current.clear();
    this.#originsNs.clear();
  }

  processEnded(pid: number): void {
    this.#originsNs.delete(pid);
    for (const probe of this.#probes.keys()) this.#current.delete(keyOf(pid, probe));
  }

  forget(tracks: readonly CaptureTrack[]): void {
    const probes = new Set<number>();
    for (const track of tracks) {
      this.#byNumber.delete(track.number);
      const key = keyOf(track.pid, track.probe);
      if (this.#current.get(key) === track) this.#current.delete(key);
      probes.add(track.probe);
    }
    for (const probe of probes) {
      const ofProbe = this.#probes.get(probe);
      if (ofProbe === undefined) continue;
      ofProbe.tracks = ofProbe.tracks.filter(({ number }) => this.#byNumber.has(number));
      if (ofProbe.tracks.length === 0) this.#probes.delete(probe);
    }
  }
}

function keyOf(pid: number, probe: number): number {
  return pid * 65536 + probe;
}
