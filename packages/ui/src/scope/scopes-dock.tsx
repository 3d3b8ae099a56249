/** The right side: the scopes in their groups and the values that are only read, or a first sentence while there are none. */
import { lazy, Suspense, useEffect, useMemo } from "react";
import { usePageState } from "../panel/page-context.ts";
import { present } from "../state/arrangement.ts";
import { shownProbes } from "../state/page-store.ts";
import { FirstSteps } from "./first-steps.tsx";
import { classesOf, groupScopes } from "./group-scopes.ts";
import { ValueChips } from "./value-chips.tsx";

const loadDock = () => import("./dock.tsx").then(({ Dock }) => ({ default: Dock }));
const Dock = lazy(loadDock);

export function ScopesDock() {
  const wishes = usePageState((state) => state.wishes);
  const probes = usePageState((state) => state.session?.probes);
  const mainFile = usePageState((state) => state.session?.info.mainFile ?? null);
  const arrangement = usePageState((state) => state.arrangement);
  const isCodeShown = usePageState((state) => state.open.size > 0);
  const { scopes, chips, overlays } = useMemo(
    () => present(shownProbes(probes === undefined ? null : { probes }, wishes), arrangement),
    [probes, wishes, arrangement],
  );
  const open = usePageState((state) => state.open);
  const isClass = useMemo(() => classesOf(open), [open]);
  const groups = useMemo(
    () => groupScopes(scopes, mainFile, arrangement.places, isClass),
    [scopes, mainFile, arrangement, isClass],
  );
  // Once the code is there, what the first click needs is brought as well.
  useEffect(() => {
    if (isCodeShown) void loadDock();
  }, [isCodeShown]);
  return (
    <section className="scopes" aria-label="Scopes" data-region="scopes" data-testid="scopes">
      {chips.length > 0 && <ValueChips probes={chips} />}
      {groups.length === 0 ? (
        <FirstSteps />
      ) : (
        <Suspense fallback={null}>
          <Dock groups={groups} overlays={overlays} />
        </Suspense>
      )}
    </section>
  );
}
