/** The right side: the scopes in their groups, or a first sentence while there are none. */
import { lazy, Suspense, useEffect, useMemo } from "react";
import { usePageState } from "../panel/page-context.ts";
import { shownProbes } from "../state/page-store.ts";
import { FirstSteps } from "./first-steps.tsx";
import { groupScopes } from "./group-scopes.ts";

const loadDock = () => import("./dock.tsx").then(({ Dock }) => ({ default: Dock }));
const Dock = lazy(loadDock);

export function ScopesDock() {
  const wishes = usePageState((state) => state.wishes);
  const probes = usePageState((state) => state.session?.probes);
  const mainFile = usePageState((state) => state.session?.info.mainFile ?? null);
  const isCodeShown = usePageState((state) => state.open.size > 0);
  const shown = useMemo(() => {
    return shownProbes(probes === undefined ? null : { probes }, wishes);
  }, [probes, wishes]);
  const groups = useMemo(() => groupScopes(shown, mainFile), [shown, mainFile]);
  // Once the code is there, what the first click needs is brought as well.
  useEffect(() => {
    if (isCodeShown) void loadDock();
  }, [isCodeShown]);
  return (
    <section className="scopes" aria-label="Scopes" data-region="scopes" data-testid="scopes">
      {groups.length === 0 ? (
        <FirstSteps />
      ) : (
        <Suspense fallback={null}>
          <Dock groups={groups} />
        </Suspense>
      )}
    </section>
  );
}
