/** The groups of scopes in their arrangement. A part of its own: the docking library is a third of the page, and needed at the first click only. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { usePage, usePageState } from "../panel/page-context.ts";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { ShownProbe } from "../state/page-store.ts";
import { createDockviewLayout } from "./dockview-layout.ts";
import { attachScopeDrag } from "./drag-scopes.ts";
import type { ScopeGroup } from "./group-scopes.ts";
import type { LayoutPort } from "./layout-port.ts";
import { dropScope, groupsNow } from "./move-scope.ts";
import { ScopeHosts } from "./scope-hosts.ts";
import { ScopePanel } from "./scope-panel.tsx";

type DockProps = {
  readonly groups: readonly ScopeGroup[];
  readonly overlays: ReadonlyMap<AnchorKey, readonly ShownProbe[]>;
};

const none: readonly ShownProbe[] = [];

export function Dock({ groups, overlays }: DockProps) {
  const page = usePage();
  const scroller = useRef<HTMLDivElement>(null);
  const layout = useLayout(scroller);
  const hosts = useMemo(() => new ScopeHosts(), []);
  const shown = groups.flatMap(({ probes }) => probes);
  useLayoutEffect(() => {
    if (layout === null) return;
    layout.setGroups(groups);
    for (const group of groups) {
      const element = layout.elementOf(group.id);
      if (element !== undefined)
        hosts.fill(
          element,
          group.probes.map(({ key }) => key),
        );
    }
    hosts.keep(new Set(groups.flatMap(({ probes }) => probes.map(({ key }) => key))));
    return layout.onChanged(() => page.settings.remember({ dock: layout.save() }));
  }, [layout, groups, hosts, page]);
  useEffect(() => {
    if (scroller.current === null) return;
    return attachScopeDrag(scroller.current, (key, target) => dropScope(page, key, target));
  }, [page]);
  useHeaderMenu(scroller);
  useRevealFocused(layout, groups);
  return (
    <div ref={scroller} className="dock">
      {shown.map((probe, index) =>
        createPortal(
          <ScopePanel shown={probe} number={index + 1} overlays={overlays.get(probe.key) ?? none} />,
          hosts.of(probe.key),
          probe.key,
        ),
      )}
    </div>
  );
}

/** The arrangement of the groups: as it was left, and with every change that a person makes to be taken back. */
function useLayout(scroller: React.RefObject<HTMLDivElement | null>): LayoutPort | null {
  const page = usePage();
  const [layout, setLayout] = useState<LayoutPort | null>(null);
  useLayoutEffect(() => {
    if (scroller.current === null) return;
    const port = createDockviewLayout(scroller.current);
    let isShown = true;
    if (page.settings.program.dock !== undefined) port.restore(page.settings.program.dock);
    port.onArranged(({ saved }) =>
      page.actions.canUndo(() => {
        if (isShown) port.restore(saved);
        return isShown;
      }),
    );
    setLayout(port);
    return () => {
      isShown = false;
      setLayout(null);
      port.dispose();
    };
  }, [page, scroller]);
  return layout;
}

/** The right button on a header, and a finger that stays there: all that can be done with what it shows. */
function useHeaderMenu(scroller: React.RefObject<HTMLDivElement | null>): void {
  const page = usePage();
  useEffect(() => {
    const dock = scroller.current;
    const onMenu = (event: MouseEvent) => {
      if (!(event.target instanceof Element) || event.target.closest(".scope-header") === null) return;
      const key = event.target.closest<HTMLElement>(".scope-host")?.dataset.key;
      const shown = groupsNow(page).flatMap(({ probes }) => probes);
      const anchor = shown.find((probe) => probe.key === key)?.anchor;
      if (anchor === undefined) return;
      event.preventDefault();
      page.store.setState({ nameMenu: { anchor, x: event.clientX, y: event.clientY } });
    };
    dock?.addEventListener("contextmenu", onMenu);
    return () => dock?.removeEventListener("contextmenu", onMenu);
  }, [page, scroller]);
}

/** A scope that gets the focus is seen, also when its group is a tab behind another. */
function useRevealFocused(layout: LayoutPort | null, groups: readonly ScopeGroup[]): void {
  const focused = usePageState((state) => state.focusedScope);
  const group = groups.find((candidate) => candidate.probes.some((probe) => probe.key === focused))?.id;
  useEffect(() => {
    if (group !== undefined) layout?.reveal(group);
  }, [layout, group]);
}
