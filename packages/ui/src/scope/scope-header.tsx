/** A scope's header: what it shows, in which state, through which lens, and the means to change that. */
import type { RefObject } from "react";
import { usePage } from "../panel/page-context.ts";
import { baseName } from "../state/anchor-key.ts";
import type { ShownProbe } from "../state/page-store.ts";
import type { Mark } from "../state/probe-marks.ts";
import { icons } from "../widget/icons.tsx";
import { Menu, type MenuItem } from "../widget/menu.tsx";
import { StateMark } from "../widget/state-mark.tsx";
import { describeType, lensChoices, shortType } from "./choose-lens.ts";
import type { ScopeStatus } from "./scope-status.ts";
import type { ScopeView } from "./scope-view.ts";

type HeaderProps = {
  readonly shown: ShownProbe;
  readonly mark: Mark;
  readonly series: number;
  readonly status: ScopeStatus | null;
  readonly view: RefObject<ScopeView | undefined>;
  readonly lensMenu: { readonly isOpen: boolean; readonly set: (isOpen: boolean) => void };
};

export function ScopeHeader({ shown, mark, series, status, view, lensMenu }: HeaderProps) {
  const page = usePage();
  const { anchor, key } = shown;
  const place = `${baseName(anchor.file)}:${anchor.line}`;
  const isHeld = status?.isHeld ?? false;
  return (
    <header className="scope-header">
      <button
        type="button"
        className="scope-name"
        title={`Show ${anchor.symbol} in the code (${place})`}
        onClick={() => page.code.reveal(anchor.file, anchor.line, anchor.column)}
      >
        <span className="scope-swatch" aria-hidden="true" />
        <span className="scope-symbol">{anchor.symbol}</span>
        <span className="scope-place">
          <span className="scope-place-file">{baseName(anchor.file)}</span>
          <span>:{anchor.line}</span>
        </span>
      </button>
      {status?.value && (
        <span className="scope-type" title={describeType(status.value)}>
          {shortType(status.value)}
        </span>
      )}
      <span className="scope-header-space" />
      <StateMark mark={mark} series={series} />
      {status?.hasAxes && !status.isAutoY && !status.isPlane && (
        <button
          type="button"
          className="chip"
          title="The y axis is fixed. Click to let it follow the data."
          onClick={() => view.current?.setAutoY(true)}
        >
          y fixed
        </button>
      )}
      {(status?.isZoomedX || (status !== null && !status.isAutoY)) && (
        <button
          type="button"
          className="icon-button"
          title="Fit all (double-click, F)"
          aria-label="Fit all"
          onClick={() => view.current?.fit()}
        >
          {icons.fit}
        </button>
      )}
      <LensMenu shown={shown} status={status} view={view} open={lensMenu} />
      <button
        type="button"
        className={`icon-button${isHeld ? " is-on" : ""}`}
        aria-pressed={isHeld}
        aria-label={isHeld ? "Live" : "Hold"}
        title={isHeld ? "Back to live (Space)" : "Hold this capture (Space)"}
        disabled={!status?.capture}
        data-testid="scope-hold"
        onClick={() => view.current?.hold(!isHeld)}
      >
        {isHeld ? icons.live : icons.hold}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Stop watching ${anchor.symbol}`}
        title="Stop watching (Delete)"
        data-testid="scope-close"
        onClick={() => page.actions.removeProbe(key)}
      >
        {icons.close}
      </button>
    </header>
  );
}

type LensMenuProps = Pick<HeaderProps, "shown" | "status" | "view"> & { readonly open: HeaderProps["lensMenu"] };

function LensMenu({ shown, status, view, open }: LensMenuProps) {
  const { settings } = usePage();
  const choices = lensChoices(status?.value ?? null);
  const current = choices.find((choice) => choice.id === status?.lens);
  const chosen = settings.lensOf(shown.key);
  const take = (lens: string | null) => {
    settings.rememberLens(shown.key, lens);
    view.current?.chooseLens(lens);
  };
  const items: MenuItem[] = [
    {
      id: "lens-auto",
      label: "Automatic",
      hint: "by the value's type",
      isChosen: chosen === null,
      onTake: () => take(null),
    },
    ...choices.map((choice, index) => ({
      id: `lens-${choice.id}`,
      label: choice.title,
      hint: index < 9 ? `⇧${index + 1}` : undefined,
      refusal: choice.refusal,
      isChosen: chosen !== null && choice.id === status?.lens,
      onTake: () => take(choice.id),
    })),
  ];
  return (
    <Menu
      label="Lens: how to see it (L)"
      current={current?.title}
      items={items}
      className="menu-button"
      testId="lens-menu"
      open={open}
    >
      <span>{current?.title ?? "Lens"}</span>
      {icons.down}
    </Menu>
  );
}
