/** The groups of scopes in their arrangement. A part of its own: the docking library is a third of the page, and needed at the first click only. */
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { usePage, usePageState } from "../panel/page-context.ts";
import { createDockviewLayout } from "./dockview-layout.ts";
import type { ScopeGroup } from "./group-scopes.ts";
import type { LayoutPort } from "./layout-port.ts";
import { ScopePanel } from "./scope-panel.tsx";

export function Dock({ groups }: { readonly groups: readonly ScopeGroup[] }) {
  const page = usePage();
  const parent = useRef<HTMLDivElement>(null);
  const [layout, setLayout] = useState<LayoutPort | null>(null);
  const [, setVersion] = useState(0);
  useEffect(() => {
    if (parent.current === null) return;
    const port = createDockviewLayout(parent.current);
    if (page.settings.program.dock !== undefined) port.restore(page.settings.program.dock);
    setLayout(port);
    return () => {
      setLayout(null);
      port.dispose();
    };
  }, [page]);
  useEffect(() => {
    if (layout === null) return;
    layout.setGroups(groups);
    setVersion((version) => version + 1);
    return layout.onChanged(() => page.settings.remember({ dock: layout.save() }));
  }, [layout, groups, page]);
  useRevealFocused(layout, groups);
  let number = 0;
  return (
    <div ref={parent} className="dock">
      {groups.map((group) => {
        const element = layout?.elementOf(group.id);
        const first = number;
        number += group.probes.length;
        if (element === undefined) return null;
        const tiles = group.probes.map((probe, index) => (
          <ScopePanel key={probe.key} shown={probe} number={first + index + 1} />
        ));
        return createPortal(<div className={`tiles is-${Math.min(tiles.length, 5)}`}>{tiles}</div>, element, group.id);
      })}
    </div>
  );
}

/** A scope that gets the focus is seen, also when its group is a tab behind another. */
function useRevealFocused(layout: LayoutPort | null, groups: readonly ScopeGroup[]): void {
  const focused = usePageState((state) => state.focusedScope);
  const group = groups.find((candidate) => candidate.probes.some((probe) => probe.key === focused))?.id;
  useEffect(() => {
    if (group !== undefined) layout?.reveal(group);
  }, [layout, group]);
}
