/** Where the focused scope can go, by name: what the palette and the menu of its header list. */
import { groupsNow, moveScope, stepScope } from "../scope/move-scope.ts";
import { anchorTitle } from "../state/anchor-key.ts";
import { layOver, moveToGroup, moveToOwnGroup, showAsChip } from "../state/arrangement.ts";
import type { ShownProbe } from "../state/page-store.ts";
import type { Command } from "./command.ts";
import type { Page } from "./page-context.ts";

export function moveCommands(page: Page, { key, anchor }: Pick<ShownProbe, "key" | "anchor">): Command[] {
  const groups = groupsNow(page);
  const own = groups.find(({ probes }) => probes.some((probe) => probe.key === key));
  // A value alone, or one that is drawn over another, has no place among the scopes.
  if (own === undefined) return [];
  const steps = (["left", "right", "up", "down"] as const).map((direction) => ({
    id: `move-${direction}`,
    title: `Move ${anchor.symbol} ${direction}`,
    group: "Scope" as const,
    keys: `Shift+${{ left: "←", right: "→", up: "↑", down: "↓" }[direction]}`,
    run: () => stepScope(page, key, direction),
  }));
  const others = groups
    .filter((group) => group !== own)
    .map((group) => ({
      id: `move-to-${group.id}`,
      title: `Move ${anchor.symbol} to the group ${group.title}`,
      group: "Scope" as const,
      run: () => moveScope(page, key, (before, standing) => moveToGroup(before, standing, key, group.id)),
    }));
  const alone: Command = {
    id: "move-own",
    title: `Move ${anchor.symbol} to a group of its own`,
    group: "Scope",
    ...(own.count === 1 ? { refusal: "it is alone already" } : {}),
    run: () => moveScope(page, key, (before, standing) => moveToOwnGroup(before, standing, key)),
  };
  return [...steps, ...others, alone, ...placeCommands(page, key, anchor)];
}

function placeCommands({ actions, store }: Page, key: ShownProbe["key"], anchor: ShownProbe["anchor"]): Command[] {
  const arrangement = () => store.getState().arrangement;
  const host = actions.overlayHost(key);
  const over: Command = {
    id: "over",
    title:
      host === undefined
        ? `Draw ${anchor.symbol} over another scope`
        : `Draw ${anchor.symbol} over ${anchorTitle(host.anchor)}`,
    group: "Scope",
    keys: "Alt+Enter",
    ...(host === undefined ? { refusal: "there is no other scope" } : {}),
    run: () => host && actions.arrange(layOver(arrangement(), key, host.key)),
  };
  const value: Command = {
    id: "value-only",
    title: `Show only the value of ${anchor.symbol}`,
    group: "Scope",
    keys: "Shift+Enter",
    run: () => actions.arrange(showAsChip(arrangement(), key)),
  };
  return [over, value];
}
