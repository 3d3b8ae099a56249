/** One session as the page knows it: the engine's snapshot with its events applied. Pure: every change makes a new model. */
import { assertNever } from "@pyprobe/base";
import type {
  ApiEvent,
  Output,
  Probe,
  ProbeCounters,
  ProbeId,
  ProgramException,
  SessionInfo,
  SessionSnapshot,
} from "@pyprobe/protocol";
import { type CountSamples, withCounts } from "./recent-counts.ts";

export type SessionModel = {
  readonly info: SessionInfo;
  readonly probes: ReadonlyMap<ProbeId, Probe>;
  readonly counters: ReadonlyMap<ProbeId, ProbeCounters>;
  readonly limits: SessionSnapshot["limits"];
  readonly output: readonly Output[];
  /** Characters of output that came before `output` and are no longer here. */
  readonly outputDropped: number;
  readonly exceptions: readonly ProgramException[];
  readonly log: SessionSnapshot["log"];
  /** When the state last changed, as this page saw it. */
  readonly changedAtMs: number;
  /** The end was asked for: it is no surprise then, whatever the exit code. */
  readonly wasStopped: boolean;
  /** When each probe last had new captures, as this page saw it. */
  readonly freshAtMs: ReadonlyMap<ProbeId, number>;
  /** The counters of the last second, as this page saw them come. */
  readonly samples: ReadonlyMap<ProbeId, CountSamples>;
};

/** Characters of output kept in the page; the engine keeps its own bound. */
export const OUTPUT_CHARACTERS = 400_000;
const EXCEPTIONS = 100;

export function modelOf(snapshot: SessionSnapshot, nowMs: number): SessionModel {
  const { info, probes, counters, limits, output, outputDropped, exceptions, log } = snapshot;
  return {
    info,
    probes: new Map(probes.map((probe) => [probe.id, probe])),
    counters: new Map(counters.map((entry) => [entry.probe, entry])),
    limits,
    output,
    outputDropped,
    exceptions,
    log,
    changedAtMs: nowMs,
    wasStopped: info.state.kind === "stopping",
    freshAtMs: new Map(counters.filter((entry) => entry.captures > 0).map((entry) => [entry.probe, nowMs])),
    samples: new Map(counters.map((entry) => [entry.probe, withCounts([], entry, nowMs)])),
  };
}

/** The model after `event`. Events of other sessions, and those that are not state (values, captures), leave it as it is. */
export function applyEvent(model: SessionModel, event: ApiEvent, nowMs: number): SessionModel {
  if ("session" in event.params && event.params.session !== model.info.id) return model;
  switch (event.method) {
    case "session.changed":
      return event.params.info.id === model.info.id ? withInfo(model, event.params.info, nowMs) : model;
    case "probe.changed":
      return { ...model, probes: new Map(model.probes).set(event.params.probe.id, event.params.probe) };
    case "probe.removed":
      return { ...model, probes: without(model.probes, event.params.probe) };
    case "probe.counters":
      return { ...withCounters(model, event.params.counters, nowMs), log: event.params.log };
    case "session.output":
      return withOutput(model, event.params.output, event.params.dropped);
    case "session.exception":
      return withException(model, event.params.exception);
    case "probe.values":
    case "source.changed":
    case "captures":
    case "notice":
    case "session.closed":
      return model;
    default:
      return assertNever(event, "event");
  }
}

/** A new run starts clean: what the previous one wrote, threw and counted is not this one's. */
function withInfo(model: SessionModel, info: SessionInfo, nowMs: number): SessionModel {
  const changedAtMs = info.state.kind === model.info.state.kind ? model.changedAtMs : nowMs;
  if (info.run !== model.info.run) {
    const counts = { counters: new Map(), freshAtMs: new Map(), samples: new Map() };
    const words = { output: [], outputDropped: 0, exceptions: [] };
    return { ...model, ...counts, ...words, info, changedAtMs, wasStopped: false };
  }
  return { ...model, info, changedAtMs, wasStopped: model.wasStopped || info.state.kind === "stopping" };
}

function withCounters(model: SessionModel, changed: readonly ProbeCounters[], nowMs: number): SessionModel {
  const counters = new Map(model.counters);
  const freshAtMs = new Map(model.freshAtMs);
  const samples = new Map(model.samples);
  for (const entry of changed) {
    if (entry.captures > (counters.get(entry.probe)?.captures ?? 0)) freshAtMs.set(entry.probe, nowMs);
    counters.set(entry.probe, entry);
    samples.set(entry.probe, withCounts(samples.get(entry.probe) ?? [], entry, nowMs));
  }
  return { ...model, counters, freshAtMs, samples };
}

/** The KeyboardInterrupt of a stop that was asked for is no news. */
function withException(model: SessionModel, exception: ProgramException): SessionModel {
  if (model.wasStopped && exception.type === "KeyboardInterrupt") return model;
  return { ...model, exceptions: [...model.exceptions, exception].slice(-EXCEPTIONS) };
}

function withOutput(model: SessionModel, added: readonly Output[], dropped: number): SessionModel {
  const output = [...model.output, ...added];
  let outputDropped = model.outputDropped + dropped;
  let characters = output.reduce((sum, chunk) => sum + chunk.text.length, 0);
  let first = 0;
  for (const chunk of output) {
    if (characters <= OUTPUT_CHARACTERS) break;
    characters -= chunk.text.length;
    outputDropped += chunk.text.length;
    first += 1;
  }
  return { ...model, output: first === 0 ? output : output.slice(first), outputDropped };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}

/** Bytes a second and share of the program's time over all probes: the cost meter. Hits that were skipped cost next to nothing. */
export function costOf(model: SessionModel): { bytesPerS: number; overhead: number } {
  let bytesPerS = 0;
  let overhead = 0;
  for (const id of model.probes.keys()) {
    const entry = model.counters.get(id);
    if (entry === undefined) continue;
    bytesPerS += entry.bytesPerS;
    overhead += (entry.rateHz * entry.costNs) / 1e9;
  }
  return { bytesPerS, overhead };
}
