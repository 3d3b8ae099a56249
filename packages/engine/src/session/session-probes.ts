/**
 * What clients and launches wish of a session's probes: places are found in the source, the list is kept, and every change is brought
 * to the program that runs and told as an event. The list itself outlives runs; see probe-list.ts for its states.
 */
import type { Emitter } from "@pyprobe/base";
import { type Anchor, type AnchorQuery, CallError, type Probe, type ProbeId, type ProbeMode } from "@pyprobe/protocol";
import type { Adapter } from "./adapter.ts";
import type { ProbeList } from "./probe-list.ts";
import { lostByEdit, type ProbeWish, readFilesOf, refusedWish } from "./probe-wish.ts";
import type { SessionEvents } from "./run.ts";

export type SessionProbesParts = {
  readonly list: ProbeList;
  readonly events: Emitter<SessionEvents>;
  /** Files that carry a probe are added. */
  readonly tracedFiles: Set<string>;
  readonly resolveAnchor: (query: AnchorQuery) => Promise<Anchor>;
  readonly followAnchor: (anchor: Anchor) => Promise<Anchor | undefined>;
  /** Of the current run, when it has one. */
  readonly adapter: () => Adapter | undefined;
};

export class SessionProbes {
  readonly #parts: SessionProbesParts;

  constructor(parts: SessionProbesParts) {
    this.#parts = parts;
  }

  async add(at: { anchor: Anchor } | { query: AnchorQuery }, mode: ProbeMode): Promise<Probe> {
    const anchor = "anchor" in at ? at.anchor : await this.#parts.resolveAnchor(at.query);
    const { probe, isNew } = this.#parts.list.add(anchor, mode);
    if (isNew) this.#introduce(probe);
    return probe;
  }

  remove(id: ProbeId): void {
    const { list, events, adapter } = this.#parts;
    list.remove(id);
    adapter()?.removeProbe(id);
    events.emit("probe_removed", id);
  }

  restore(id: ProbeId): Probe {
    const { list } = this.#parts;
    const isThere = list.find(id) !== undefined;
    const probe = list.restore(id);
    if (!isThere) this.#introduce(probe);
    return probe;
  }

  update(id: ProbeId, mode: ProbeMode): Probe {
    const { list, events, adapter } = this.#parts;
    const probe = list.update(id, mode);
    adapter()?.updateProbe(id, mode);
    events.emit("probe_changed", probe);
    return probe;
  }

  /** Wishes made at launch. */
  async addWishes(wishes: readonly ProbeWish[]): Promise<void> {
    await readFilesOf(wishes, this.#parts.resolveAnchor);
    for (const wish of wishes) await this.#addWish(wish);
  }

  /** Probes go with their statements when the source was edited between two runs. */
  async followEdits(): Promise<void> {
    const { list, events, followAnchor } = this.#parts;
    for (const { id, anchor } of list.probes) {
      const moved = await followAnchor(anchor);
      // Taken away while its source was read.
      if (list.find(id) === undefined) continue;
      if (moved !== undefined) list.move(id, moved);
      list.refuse(id, moved === undefined ? lostByEdit(anchor) : undefined);
      events.emit("probe_changed", list.get(id));
    }
  }

  /** A wish made at launch has nobody to refuse it to: it becomes a failed probe that says why. */
  async #addWish({ query, mode }: ProbeWish): Promise<void> {
    try {
      await this.add({ query }, mode);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const { anchor, refusal } = refusedWish(query, error);
      this.#parts.events.emit("probe_changed", this.#parts.list.addRefused(anchor, mode, refusal));
    }
  }

  #introduce(probe: Probe): void {
    const { tracedFiles, events, adapter } = this.#parts;
    tracedFiles.add(probe.anchor.file);
    adapter()?.addProbe(probe);
    events.emit("probe_changed", probe);
  }
}
