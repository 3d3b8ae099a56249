/** What a person can do, in one place for mouse, keys and palette. Each answers at once and says why when it cannot. */
import {
  type Anchor,
  CallError,
  type CallName,
  type CallParams,
  type CallResult,
  type ProbeId,
  type ProbeMode,
} from "@pyprobe/protocol";
import type { EngineLink } from "../link/engine-link.ts";
import { type AnchorKey, anchorKey, anchorTitle } from "./anchor-key.ts";
import { type Arrangement, layOver, present, showAsChip, showAsScope } from "./arrangement.ts";
import { type PageStore, type ShownProbe, say, shownProbes, type Wish } from "./page-store.ts";

/** How long a removed probe's toast offers to take the removal back. */
export const UNDO_MS = 6_000;

/** Takes something back; false when that has happened in another way. */
export type UndoStep = () => boolean;
const UNDO_STEPS = 200;

export class Actions {
  readonly #link: EngineLink;
  readonly #store: PageStore;
  /** Removed probes, newest last: clicked again they come back as they were. */
  readonly #removed: { readonly probe: ProbeId; readonly anchor: Anchor }[] = [];
  /** Asked for and given up before the engine answered. */
  readonly #withdrawn = new Set<AnchorKey>();
  /** What Ctrl+Z takes back, newest last. */
  readonly #undoable: UndoStep[] = [];

  constructor(link: EngineLink, store: PageStore) {
    this.#link = link;
    this.#store = store;
  }

  /** The one gesture: watches the anchor, or stops watching it. */
  toggleProbe(anchor: Anchor): void {
    const { session, wishes } = this.#store.getState();
    if (session === null) return;
    const key = anchorKey(anchor);
    const wish = wishes.get(key);
    const probe = this.findProbe(key);
    if (wish?.kind === "add" || (probe !== undefined && wish?.kind !== "remove")) this.removeProbe(key);
    else this.watchInScope(anchor);
  }

  /** A name that was a value or an overlay before is asked for as a scope now. */
  watchInScope(anchor: Anchor): void {
    const key = anchorKey(anchor);
    const { arrangement } = this.#store.getState();
    if ((arrangement.places.get(key)?.kind ?? "scope") !== "scope")
      this.#store.setState({ arrangement: showAsScope(arrangement, key) });
    this.#store.setState({ focusedScope: key });
    void this.addProbe(anchor);
  }

  /** Watches only the value; what already is a value alone is no longer watched. */
  watchValue(anchor: Anchor): void {
    const key = anchorKey(anchor);
    const { arrangement } = this.#store.getState();
    const isWatched = this.#isWatched(key);
    if (isWatched && arrangement.places.get(key)?.kind === "chip") this.removeProbe(key);
    else this.#place(anchor, showAsChip(arrangement, key), isWatched);
  }

  /** Draws the name in the picture of the scope that had the focus last; what is drawn so goes back to a scope of its own. */
  watchOver(anchor: Anchor): void {
    const key = anchorKey(anchor);
    const { arrangement } = this.#store.getState();
    const isWatched = this.#isWatched(key);
    if (isWatched && arrangement.places.get(key)?.kind === "overlay") {
      this.arrange(showAsScope(arrangement, key));
      return;
    }
    const host = this.overlayHost(key);
    if (host !== undefined) this.#place(anchor, layOver(arrangement, key, host.key), isWatched);
    else {
      say(this.#store, "info", "There is no other scope to draw it over: click one first");
      if (!isWatched) this.watchInScope(anchor);
    }
  }

  /** The scope that `key` would be drawn over: the one that had the focus last, else the last one that is shown. */
  overlayHost(key: AnchorKey): ShownProbe | undefined {
    const { session, wishes, arrangement, focusedScope } = this.#store.getState();
    const others = present(shownProbes(session, wishes), arrangement).scopes.filter((scope) => scope.key !== key);
    return others.find((scope) => scope.key === focusedScope) ?? others.at(-1);
  }

  async addProbe(anchor: Anchor): Promise<void> {
    const key = anchorKey(anchor);
    this.#withdrawn.delete(key);
    this.#wish(key, { kind: "add", anchor });
    const removed = this.#removed.findLast((entry) => anchorKey(entry.anchor) === key);
    const probe =
      removed === undefined
        ? await this.#inSession("probe.add", { at: { anchor } })
        : await this.#restore(removed.probe, anchor);
    if (probe !== undefined && this.#withdrawn.delete(key)) {
      await this.#inSession("probe.remove", { probe: probe.id });
      this.#drop(probe.id);
    } else if (probe !== undefined) this.#keep(probe);
    this.#unwish(key, "add");
  }

  removeProbe(key: AnchorKey): void {
    const probe = this.findProbe(key);
    if (probe === undefined) {
      // The engine has not answered yet: what it adds is taken away again.
      this.#withdrawn.add(key);
      this.#unwish(key, "add");
      return;
    }
    this.#wish(key, { kind: "remove", probe: probe.id });
    const removed = { probe: probe.id, anchor: probe.anchor };
    this.#removed.push(removed);
    this.canUndo(() => {
      if (!this.#removed.includes(removed)) return false;
      void this.addProbe(removed.anchor);
      return true;
    });
    say(this.#store, "info", `Stopped watching ${anchorTitle(probe.anchor)}`, { undo: true });
    void this.#inSession("probe.remove", { probe: probe.id }).then((removed) => {
      if (removed !== undefined) this.#drop(probe.id);
      this.#unwish(key, "remove");
    });
  }

  /** Takes back the newest removal or move. */
  undo(): void {
    for (let step = this.#undoable.pop(); step !== undefined; step = this.#undoable.pop()) {
      if (!step()) continue;
      this.#store.setState((state) => ({ toasts: state.toasts.filter((toast) => !toast.undo) }));
      return;
    }
    say(this.#store, "info", "Nothing to undo");
  }

  canUndo(step: UndoStep): void {
    this.#undoable.push(step);
    if (this.#undoable.length > UNDO_STEPS) this.#undoable.shift();
  }

  /** Shows what is watched elsewhere or in another way. */
  arrange(next: Arrangement): void {
    const { arrangement: before } = this.#store.getState();
    if (next === before) return;
    this.#store.setState({ arrangement: next });
    this.canUndo(() => {
      this.#store.setState({ arrangement: before });
      return true;
    });
  }

  async setMode(key: AnchorKey, mode: ProbeMode): Promise<void> {
    const probe = this.findProbe(key);
    if (probe === undefined) return;
    const updated = await this.#inSession("probe.update", { probe: probe.id, mode });
    if (updated !== undefined) this.#keep(updated);
  }

  /** `force`: kills it at once, when asking has not been enough. */
  async stop(options: { force?: boolean } = {}): Promise<void> {
    await this.#inSession("session.stop", { force: options.force ?? false });
  }

  /** Runs the program again with the same probes; `python` chooses another interpreter for it. */
  async restart(python?: string): Promise<void> {
    await this.#inSession("session.restart", python === undefined ? {} : { python });
  }

  /** Ends the program, if it runs, and lets go of the session. */
  async close(): Promise<void> {
    await this.#inSession("session.close", { force: false });
  }

  async sendInput(text: string, options: { end?: boolean } = {}): Promise<void> {
    await this.#inSession("session.input", { text, end: options.end ?? false });
  }

  dismissToast(id: number): void {
    this.#store.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
  }

  /** As the page shows it, wishes included. */
  #isWatched(key: AnchorKey): boolean {
    const { session, wishes } = this.#store.getState();
    return shownProbes(session, wishes).some((shown) => shown.key === key);
  }

  #place(anchor: Anchor, next: Arrangement, isWatched: boolean): void {
    if (isWatched) this.arrange(next);
    else {
      this.#store.setState({ arrangement: next });
      void this.addProbe(anchor);
    }
  }

  findProbe(key: AnchorKey) {
    for (const probe of this.#store.getState().session?.probes.values() ?? []) {
      if (anchorKey(probe.anchor) === key) return probe;
    }
    return undefined;
  }

  /** Restores with id and captures; when the engine no longer knows the probe it is added anew. */
  async #restore(probe: ProbeId, anchor: Anchor) {
    const at = this.#removed.findIndex((entry) => entry.probe === probe);
    if (at >= 0) this.#removed.splice(at, 1);
    const session = this.#store.getState().session?.info.id;
    if (session === undefined) return undefined;
    try {
      return await this.#link.call("probe.restore", { session, probe });
    } catch (cause) {
      if (!(cause instanceof CallError)) throw cause;
      return this.#inSession("probe.add", { at: { anchor } });
    }
  }

  #keep(probe: NonNullable<ReturnType<Actions["findProbe"]>>): void {
    this.#store.setState((state) => {
      if (state.session === null || state.session.probes.has(probe.id)) return state;
      return { session: { ...state.session, probes: new Map(state.session.probes).set(probe.id, probe) } };
    });
  }

  #drop(probe: ProbeId): void {
    this.#store.setState((state) => {
      if (state.session === null || !state.session.probes.has(probe)) return state;
      const probes = new Map(state.session.probes);
      probes.delete(probe);
      return { session: { ...state.session, probes } };
    });
  }

  #wish(key: AnchorKey, wish: Wish): void {
    this.#store.setState((state) => ({ wishes: new Map(state.wishes).set(key, wish) }));
  }

  #unwish(key: AnchorKey, kind: Wish["kind"]): void {
    this.#store.setState((state) => {
      if (state.wishes.get(key)?.kind !== kind) return state;
      const wishes = new Map(state.wishes);
      wishes.delete(key);
      return { wishes };
    });
  }

  /** The result, or undefined when it was refused: then the reason has been said. */
  async #inSession<Name extends CallName>(
    name: Name,
    params: Omit<CallParams<Name>, "session">,
  ): Promise<CallResult<Name> | undefined> {
    const session = this.#store.getState().session?.info.id;
    if (session === undefined) {
      say(this.#store, "warning", `Cannot ask for ${name}: no session is open (start a program first)`);
      return undefined;
    }
    try {
      return await this.#link.call(name, { ...params, session } as unknown as CallParams<Name>);
    } catch (cause) {
      say(this.#store, "error", cause instanceof Error ? cause.message : String(cause));
      return undefined;
    }
  }
}
