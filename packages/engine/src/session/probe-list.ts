/**
 * The probes of a session: what is wished for, and how it stands over all processes of the current run. It decides states;
 * it tells nobody. Owned by the session.
 */
import {
  type AgentProbe,
  type Anchor,
  CallError,
  type Probe,
  type ProbeId,
  type ProbeMode,
  type ProbeState,
  probeIdOf,
} from "@pyprobe/protocol";
import type { PlacementReport } from "./adapter.ts";

/** Record numbers are 16 bits; far below that the page and the agent would give up first. */
export const MAX_PROBES = 1000;

/** No process has this pid. */
const ENDED = 0;
/** One that captures outweighs one that waits, which outweighs one that failed. */
const ranking = ["armed", "pending", "failed"] as const;

type Entry = {
  readonly id: ProbeId;
  anchor: Anchor;
  mode: ProbeMode;
  isRemoved: boolean;
  /** The query did not resolve: nothing is sent to any agent. */
  refusal: Extract<ProbeState, { kind: "failed" }> | undefined;
  readonly placements: Map<number, PlacementReport>;
  hasCaptures: boolean;
  /** Why the run that ended never saw it. */
  verdict: ProbeState | undefined;
};

export class ProbeList {
  readonly #entries = new Map<ProbeId, Entry>();
  #count = 0;

  get probes(): Probe[] {
    return this.#present().map(probeOf);
  }

  get removed(): Probe[] {
    return [...this.#entries.values()].filter((entry) => entry.isRemoved).map(probeOf);
  }

  /** What agents are told: every probe that can be placed. */
  get placeable(): AgentProbe[] {
    return this.#present()
      .filter((entry) => entry.refusal === undefined)
      .map(({ id, anchor, mode }) => ({ id, anchor, mode }));
  }

  /** Every probe there ever was, removed ones too: their captures are kept. */
  anchorOf(id: ProbeId): Anchor | undefined {
    return this.#entries.get(id)?.anchor;
  }

  find(id: ProbeId): Probe | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.isRemoved ? undefined : probeOf(entry);
  }

  get(id: ProbeId): Probe {
    return probeOf(this.#entry(id));
  }

  /** The same anchor twice gives the probe that is there; one that was removed comes back. */
  add(anchor: Anchor, mode: ProbeMode): { probe: Probe; isNew: boolean } {
    for (const entry of this.#entries.values()) {
      if (!isSameAnchor(entry.anchor, anchor) || entry.refusal !== undefined) continue;
      const isNew = entry.isRemoved;
      if (isNew) {
        entry.isRemoved = false;
        entry.mode = mode;
        entry.placements.clear();
      }
      return { probe: probeOf(entry), isNew };
    }
    return { probe: probeOf(this.#create(anchor, mode)), isNew: true };
  }

  /** A wish that could not be resolved, kept so that the person who made it sees why. */
  addRefused(anchor: Anchor, mode: ProbeMode, refusal: Extract<ProbeState, { kind: "failed" }>): Probe {
    const entry = this.#create(anchor, mode);
    entry.refusal = refusal;
    return probeOf(entry);
  }

  /** Puts probes of a recording here, with their ids and states. */
  addRecorded(probe: Probe): void {
    this.#count = Math.max(this.#count, Number(probe.id.slice(1)));
    this.#entries.set(probe.id, {
      ...probe,
      isRemoved: false,
      refusal: undefined,
      placements: new Map(),
      hasCaptures: probe.state.kind === "live",
      verdict: probe.state,
    });
  }

  remove(id: ProbeId): void {
    this.#entry(id).isRemoved = true;
  }

  restore(id: ProbeId): Probe {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw noSuchProbe(id);
    entry.isRemoved = false;
    entry.placements.clear();
    return probeOf(entry);
  }

  update(id: ProbeId, mode: ProbeMode): Probe {
    const entry = this.#entry(id);
    entry.mode = mode;
    return probeOf(entry);
  }

  /** Moves a probe with its statement after the source was edited. */
  move(id: ProbeId, anchor: Anchor): void {
    this.#entry(id).anchor = anchor;
  }

  /** Marks a probe that has no place in the edited source any more; the next run may find one again. */
  refuse(id: ProbeId, refusal: Extract<ProbeState, { kind: "failed" }> | undefined): void {
    this.#entry(id).refusal = refusal;
  }

  /** Returns the probe when its state changed with this report. */
  place(report: PlacementReport): Probe | undefined {
    return this.#change(report.probe, (entry) => entry.placements.set(report.pid, report));
  }

  /** The process has ended: of what such processes said, the best is kept. */
  settle(pid: number): void {
    for (const { placements } of this.#entries.values()) {
      const report = placements.get(pid);
      if (report === undefined) continue;
      placements.delete(pid);
      const kept = placements.get(ENDED);
      if (kept === undefined || rankOf(report) < rankOf(kept)) placements.set(ENDED, report);
    }
  }

  captured(id: ProbeId): Probe | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.hasCaptures) return undefined;
    return this.#change(id, () => {
      entry.hasCaptures = true;
    });
  }

  runStarted(): void {
    for (const entry of this.#entries.values()) {
      entry.placements.clear();
      entry.hasCaptures = false;
      entry.verdict = undefined;
    }
  }

  /** Tells every probe that waits in vain why. Returns those that changed. */
  runEnded(wasHit: (id: ProbeId) => boolean): Probe[] {
    const changed: Probe[] = [];
    for (const entry of this.#present()) {
      const state = stateOf(entry);
      // Its hits became skips: their reasons tell.
      if (wasHit(entry.id)) continue;
      entry.verdict = verdictOn(state, entry.anchor);
      if (entry.verdict !== state) changed.push(probeOf(entry));
    }
    return changed;
  }

  #create(anchor: Anchor, mode: ProbeMode): Entry {
    if (this.#present().length >= MAX_PROBES) {
      throw new CallError("too_many_probes", `Cannot add probe on "${anchor.symbol}": there are ${MAX_PROBES} already`);
    }
    this.#count += 1;
    const id = probeIdOf(this.#count);
    const entry: Entry = {
      id,
      anchor,
      mode,
      isRemoved: false,
      refusal: undefined,
      placements: new Map(),
      hasCaptures: false,
      verdict: undefined,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #change(id: ProbeId, change: (entry: Entry) => void): Probe | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const before = JSON.stringify(stateOf(entry));
    change(entry);
    if (entry.isRemoved || JSON.stringify(stateOf(entry)) === before) return undefined;
    return probeOf(entry);
  }

  #present(): Entry[] {
    return [...this.#entries.values()].filter((entry) => !entry.isRemoved);
  }

  #entry(id: ProbeId): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.isRemoved) throw noSuchProbe(id);
    return entry;
  }
}

function noSuchProbe(id: ProbeId): CallError {
  return new CallError("no_such_probe", `Cannot find probe ${id}: it was never added, or it was removed`);
}

function probeOf(entry: Entry): Probe {
  return { id: entry.id, anchor: entry.anchor, mode: entry.mode, state: stateOf(entry) };
}

function rankOf({ state }: PlacementReport): number {
  return ranking.indexOf(state);
}

/** The best of what the processes say. */
function stateOf(entry: Entry): ProbeState {
  if (entry.refusal !== undefined) return entry.refusal;
  const reports = [...entry.placements.values()];
  const refused = reports.find(({ code }) => code === "bad_condition");
  if (entry.hasCaptures && refused === undefined) {
    return { kind: "live", ...told(reports.find(({ code }) => code === "condition_unreadable")) };
  }
  if (entry.verdict !== undefined) return entry.verdict;
  for (const kind of ranking) {
    const report = reports.find((candidate) => candidate.state === kind);
    if (report === undefined) continue;
    const { code, message } = report;
    if (kind === "failed") return { kind, code: code ?? "fault", message: message ?? "The agent did not say why" };
    return kind === "armed" ? { kind, ...told(report) } : { kind, ...told(report) };
  }
  return { kind: "pending" };
}

/** What a report says besides the state. */
function told(report: PlacementReport | undefined): Pick<PlacementReport, "code" | "message"> {
  return { ...(report?.code && { code: report.code }), ...(report?.message && { message: report.message }) };
}

function verdictOn(state: ProbeState, { symbol, file, line }: Anchor): ProbeState {
  if (state.kind === "armed") {
    return {
      kind: "armed",
      code: "never_executed",
      message: `The program ended and line ${line} never ran, so "${symbol}" was never captured`,
    };
  }
  if (state.kind === "pending") {
    return {
      kind: "pending",
      code: "target_ended",
      message: `The program ended before any code of ${file} around line ${line} was loaded`,
    };
  }
  return state;
}

function isSameAnchor(a: Anchor, b: Anchor): boolean {
  return (
    a.file === b.file && a.line === b.line && a.column === b.column && a.symbol === b.symbol && a.context === b.context
  );
}
