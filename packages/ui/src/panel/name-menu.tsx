/** Everything that can be done with a name of the code, at the pointer: the lenses first, since how to see it is what differs. */
import { lensChoices } from "../scope/choose-lens.ts";
import { anchorKey } from "../state/anchor-key.ts";
import { shownProbes } from "../state/page-store.ts";
import { MenuAt, type MenuItem } from "../widget/menu.tsx";
import { moveCommands } from "./move-commands.ts";
import { type Page, usePage, usePageState } from "./page-context.ts";

export function NameMenu() {
  const page = usePage();
  const asked = usePageState((state) => state.nameMenu);
  if (asked === null) return null;
  const close = () => page.store.setState({ nameMenu: null });
  return (
    <MenuAt
      key={`${asked.x} ${asked.y}`}
      label={`Watch ${asked.anchor.symbol}`}
      header={
        <p className="menu-header">
          Watch <code>{asked.anchor.symbol}</code> as
        </p>
      }
      items={[...lensItems(page, asked.anchor), ...otherItems(page, asked.anchor), ...moveItems(page, asked.anchor)]}
      at={asked}
      onClose={close}
    />
  );
}

type Anchor = Parameters<typeof anchorKey>[0];

/** Where its scope can be put. */
function moveItems(page: Page, anchor: Anchor): MenuItem[] {
  return moveCommands(page, { key: anchorKey(anchor), anchor })
    .filter(({ id }) => id.startsWith("move-to-") || id === "move-own")
    .map(({ id, title, refusal, run }) => ({
      id,
      label: title.replace(`Move ${anchor.symbol} `, "Move "),
      refusal: refusal ?? null,
      onTake: run,
    }));
}

function lensItems({ actions, settings, scopes }: Page, anchor: Anchor): MenuItem[] {
  const key = anchorKey(anchor);
  const scope = scopes.find(key);
  const chosen = settings.lensOf(key);
  const take = (lens: string | null) => {
    settings.rememberLens(key, lens);
    if (scope === undefined) actions.watchInScope(anchor);
    else scope.view()?.chooseLens(lens);
  };
  const lenses = lensChoices(scope?.view()?.status.value ?? null).map(
    (choice): MenuItem => ({
      id: `lens-${choice.id}`,
      label: choice.title,
      refusal: choice.refusal,
      isChosen: scope !== undefined && chosen === choice.id,
      onTake: () => take(choice.id),
    }),
  );
  const isAutomatic = scope !== undefined && chosen === null;
  return [
    {
      id: "lens-auto",
      label: "What fits its type",
      hint: "click",
      isChosen: isAutomatic,
      onTake: () => take(null),
    },
    ...lenses,
  ];
}

function otherItems({ actions, store }: Page, anchor: Anchor): MenuItem[] {
  const key = anchorKey(anchor);
  const { session, wishes, arrangement } = store.getState();
  const isWatched = shownProbes(session, wishes).some((shown) => shown.key === key);
  const kind = isWatched ? (arrangement.places.get(key)?.kind ?? "scope") : undefined;
  const host = actions.overlayHost(key);
  const items: MenuItem[] = [
    {
      id: "over",
      label: host === undefined ? "Over another scope" : `Over ${host.anchor.symbol}`,
      hint: "Alt click",
      refusal: host === undefined ? "there is no other scope" : null,
      isChosen: kind === "overlay",
      onTake: () => actions.watchOver(anchor),
    },
    {
      id: "value-only",
      label: "Value only",
      hint: "⇧ click",
      isChosen: kind === "chip",
      onTake: () => actions.watchValue(anchor),
    },
  ];
  if (isWatched)
    items.push({ id: "stop", label: "Stop watching", hint: "click", onTake: () => actions.removeProbe(key) });
  return items;
}
