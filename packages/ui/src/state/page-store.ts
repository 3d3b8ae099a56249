/** Everything chrome is drawn from, in one store. Samples and live values are not here: they never pass through React. */
import type { Anchor, Interpreter, Probe, ProbeId, SessionInfo, SourceSymbols } from "@pyprobe/protocol";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { LinkState } from "../link/engine-link.ts";
import { type AnchorKey, anchorKey } from "./anchor-key.ts";
import { type Arrangement, asTheCodeSays } from "./arrangement.ts";
import { type Level, type Message, type Toast, withMessage } from "./messages.ts";
import type { SeriesColors } from "./series-colors.ts";
import type { SessionModel } from "./session-model.ts";

export type OpenFile = { readonly text: string; readonly symbols: SourceSymbols };

/** What the person asked for and the engine has not confirmed yet. */
export type Wish =
  | { readonly kind: "add"; readonly anchor: Anchor }
  | { readonly kind: "remove"; readonly probe: ProbeId };

export type Drawer = { readonly isOpen: boolean; readonly tab: "output" | "problems" | "messages" };

export type PageState = {
  readonly link: LinkState;
  readonly wasEverOpen: boolean;
  readonly sessions: readonly SessionInfo[];
  readonly hasListed: boolean;
  readonly session: SessionModel | null;
  readonly wishes: ReadonlyMap<AnchorKey, Wish>;
  readonly colors: SeriesColors;
  readonly arrangement: Arrangement;
  readonly interpreters: readonly Interpreter[];
  readonly files: readonly string[];
  readonly tabs: readonly string[];
  readonly open: ReadonlyMap<string, OpenFile>;
  readonly fileErrors: ReadonlyMap<string, string>;
  readonly activeFile: string | null;
  readonly messages: readonly Message[];
  readonly toasts: readonly Toast[];
  readonly drawer: Drawer;
  /** Which of the two pages is shown on a narrow screen. */
  readonly narrowPage: "code" | "scopes";
  readonly overlay: "none" | "palette" | "keys";
  /** What can be done with a name, asked for at a place of the window. */
  readonly nameMenu: { readonly anchor: Anchor; readonly x: number; readonly y: number } | null;
  readonly focusedScope: AnchorKey | null;
};

export type PageStore = StoreApi<PageState>;

export function createPageStore(): PageStore {
  return createStore<PageState>(() => ({
    link: { kind: "connecting", attempt: 1 },
    wasEverOpen: false,
    sessions: [],
    hasListed: false,
    session: null,
    wishes: new Map(),
    colors: new Map(),
    arrangement: asTheCodeSays,
    interpreters: [],
    files: [],
    tabs: [],
    open: new Map(),
    fileErrors: new Map(),
    activeFile: null,
    messages: [],
    toasts: [],
    drawer: { isOpen: false, tab: "output" },
    narrowPage: "code",
    overlay: "none",
    nameMenu: null,
    focusedScope: null,
  }));
}

let lastMessageId = 0;

/** Says something: in a toast, and in the log. */
export function say(store: PageStore, level: Level, text: string, options: { undo?: boolean } = {}): void {
  lastMessageId += 1;
  const id = lastMessageId;
  store.setState((state) => ({
    messages: withMessage(state.messages, { id, level, text, atMs: Date.now() }),
    toasts: [
      // Undo takes back the newest: only that one offers it.
      ...state.toasts.filter((toast) => toast.text !== text && !(options.undo && toast.undo)),
      { id, level, text, undo: options.undo ?? false },
    ].slice(-3),
  }));
}

/** A probe as the page shows it: the engine's, or one that was just asked for. */
export type ShownProbe = {
  readonly key: AnchorKey;
  readonly anchor: Anchor;
  readonly probe: Probe | null;
};

/** What is watched now, wishes included, in the order it was added. */
export function shownProbes(
  session: Pick<SessionModel, "probes"> | null,
  wishes: ReadonlyMap<AnchorKey, Wish>,
): readonly ShownProbe[] {
  const shown: ShownProbe[] = [];
  const known = new Set<AnchorKey>();
  for (const probe of session?.probes.values() ?? []) {
    const key = anchorKey(probe.anchor);
    if (known.has(key)) continue;
    known.add(key);
    if (wishes.get(key)?.kind !== "remove") shown.push({ key, anchor: probe.anchor, probe });
  }
  for (const [key, wish] of wishes) {
    if (wish.kind === "add" && !known.has(key)) shown.push({ key, anchor: wish.anchor, probe: null });
  }
  return shown;
}
