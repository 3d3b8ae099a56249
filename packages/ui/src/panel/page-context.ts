/** The page's parts, wired by hand in `main.tsx` and handed to components by React context. */
import { createContext, useContext, useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { CodeCommands } from "../code/code-commands.ts";
import type { EngineLink } from "../link/engine-link.ts";
import type { ViewHub } from "../link/view-hub.ts";
import type { AnimationLoop } from "../scope/animation-loop.ts";
import type { ScopeCommands } from "../scope/scope-commands.ts";
import type { ThemeColors } from "../scope/theme-colors.ts";
import type { Actions } from "../state/actions.ts";
import type { LiveValues } from "../state/live-values.ts";
import type { PageState, PageStore } from "../state/page-store.ts";
import type { SessionClient } from "../state/session-client.ts";
import type { Settings } from "../state/settings.ts";

export type Page = {
  readonly link: EngineLink;
  readonly store: PageStore;
  readonly client: SessionClient;
  readonly actions: Actions;
  readonly values: LiveValues;
  readonly settings: Settings;
  readonly hub: ViewHub;
  readonly loop: AnimationLoop;
  readonly theme: ThemeColors;
  readonly code: CodeCommands;
  readonly scopes: ScopeCommands;
};

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error("Cannot use the page: it is not provided (wrap in PageContext)");
  return page;
}

/** Selects from the store. The selector must give the same object for the same state. */
export function usePageState<T>(selector: (state: PageState) => T): T {
  return useStore(usePage().store, selector);
}

/** The same, but what is not seen is not brought up to date: it keeps what it had, and is not rendered again. */
export function useSeenPageState<T>(isSeen: boolean, selector: (state: PageState) => T): T {
  const last = useRef<{ readonly value: T } | null>(null);
  const value = usePageState((state) => (isSeen || last.current === null ? selector(state) : last.current.value));
  useEffect(() => {
    last.current = { value };
  });
  return value;
}
