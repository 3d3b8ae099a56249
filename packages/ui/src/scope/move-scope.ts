/** What moves a scope: by hand, by key and by name, each of them to be taken back. */
import type { Page } from "../panel/page-context.ts";
import type { AnchorKey } from "../state/anchor-key.ts";
import {
  type Arrangement,
  type Direction,
  moveBeside,
  moveOneStep,
  moveToGroup,
  moveToOwnGroup,
  present,
  type Standing,
} from "../state/arrangement.ts";
import { say, shownProbes } from "../state/page-store.ts";
import type { DropTarget } from "./drag-scopes.ts";
import { classesOf, groupScopes, type ScopeGroup, standingOf } from "./group-scopes.ts";

/** The groups as they stand now. */
export function groupsNow({ store }: Page): readonly ScopeGroup[] {
  const { session, wishes, arrangement, open } = store.getState();
  const { scopes } = present(shownProbes(session, wishes), arrangement);
  return groupScopes(scopes, session?.info.mainFile ?? null, arrangement.places, classesOf(open));
}

export function dropScope(page: Page, key: AnchorKey, target: DropTarget): void {
  moveScope(page, key, (before, standing) => dropped(before, standing, key, target));
}

export function stepScope(page: Page, key: AnchorKey, direction: Direction): void {
  const isMoved = moveScope(page, key, (before, standing) => moveOneStep(before, standing, { key, direction }));
  if (!isMoved) say(page.store, "info", `Cannot move the scope ${direction}: it is at the edge`);
}

/** Puts the scope where `move` says, and shows it there; false when it stays. */
export function moveScope(
  page: Page,
  key: AnchorKey,
  move: (before: Arrangement, standing: Standing) => Arrangement,
): boolean {
  const before = page.store.getState().arrangement;
  const next = move(before, standingOf(groupsNow(page)));
  page.actions.arrange(next);
  // Where it went may be out of sight.
  requestAnimationFrame(() => page.scopes.focus(key));
  return next !== before;
}

function dropped(before: Arrangement, standing: Standing, key: AnchorKey, target: DropTarget): Arrangement {
  switch (target.kind) {
    case "beside":
      return moveBeside(before, standing, { key, other: target.other, side: target.side });
    case "group":
      return moveToGroup(before, standing, key, target.id);
    case "own":
      return moveToOwnGroup(before, standing, key);
  }
}
