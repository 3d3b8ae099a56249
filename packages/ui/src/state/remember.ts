/** Ties the store to what the browser remembers of a program: loads it when a session is chosen, keeps colours and places as they change. */
import type { Dispose } from "@pyprobe/base";
import type { AnchorKey } from "./anchor-key.ts";
import { decodeArrangement, encodeArrangement } from "./arrangement.ts";
import { type PageStore, shownProbes } from "./page-store.ts";
import { programKey } from "./program-texts.ts";
import { assignSeries } from "./series-colors.ts";
import type { Settings } from "./settings.ts";

export function rememberPerProgram(store: PageStore, settings: Settings): Dispose {
  return store.subscribe((state, before) => {
    const { session } = state;
    if (session === null) return;
    const program = programKey(session.info);
    const isNew = before.session === null || programKey(before.session.info) !== program;
    let { colors } = state;
    if (isNew) {
      settings.openProgram(program);
      colors = new Map(Object.entries(settings.program.colors ?? {}) as [AnchorKey, number][]);
      store.setState({ arrangement: decodeArrangement(settings.program.arrangement) });
    } else if (state.arrangement !== before.arrangement) {
      settings.remember({ arrangement: encodeArrangement(state.arrangement) });
      return;
    } else if (session.probes === before.session?.probes && state.wishes === before.wishes) {
      return;
    }
    const assigned = assignSeries(
      colors,
      shownProbes(session, state.wishes).map(({ key }) => key),
    );
    if (assigned === state.colors) return;
    settings.remember({ colors: Object.fromEntries(assigned) });
    store.setState({ colors: assigned });
  });
}
