/** A button with a menu of choices: arrows move, Enter takes, Esc and clicks elsewhere close. Disabled choices say why. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

export type MenuItem = {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint?: string | undefined;
  readonly isChosen?: boolean;
  /** Present: the item cannot be taken, and this is why. */
  readonly refusal?: string | null;
  readonly onTake: () => void;
};

type MenuProps = {
  readonly label: string;
  /** What is chosen now, for those who hear the button. */
  readonly current?: string | undefined;
  readonly items: readonly MenuItem[];
  readonly children: ReactNode;
  readonly className?: string;
  readonly testId?: string;
  readonly header?: ReactNode;
  /** What is typed rather than chosen, below the items; it closes the menu itself. */
  readonly footer?: (close: () => void) => ReactNode;
  /** For a menu that is opened by other means as well. */
  readonly open?: { readonly isOpen: boolean; readonly set: (isOpen: boolean) => void };
};

export function Menu({ label, current, items, children, className, testId, header, footer, open }: MenuProps) {
  const [isOwnOpen, setOwnOpen] = useState(false);
  const isOpen = open?.isOpen ?? isOwnOpen;
  const setOpen = open?.set ?? setOwnOpen;
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className ?? "button"}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={current === undefined ? label : `${label}: ${current}`}
        title={label}
        data-testid={testId}
        onClick={() => setOpen(!isOpen)}
      >
        {children}
      </button>
      {isOpen && button.current !== null && (
        <MenuList
          id={id}
          label={label}
          items={items}
          header={header}
          footer={footer}
          anchor={button.current}
          onClose={close}
        />
      )}
    </>
  );
}

type MenuAtProps = Pick<MenuProps, "label" | "items" | "header"> & {
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
};

/** The same menu at a place of the window: for the right button and what stands for it. */
export function MenuAt({ label, items, header, at, onClose }: MenuAtProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  return (
    <span ref={setAnchor} className="menu-point" style={{ left: at.x, top: at.y }}>
      {anchor !== null && (
        <MenuList id={id} label={label} items={items} header={header} anchor={anchor} onClose={onClose} />
      )}
    </span>
  );
}

type MenuListProps = {
  readonly id: string;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly header: ReactNode;
  readonly footer?: MenuProps["footer"] | undefined;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
};

function MenuList({ id, label, items, header, footer, anchor, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (list.current !== null) placeBelow(list.current, anchor);
  });
  const opener = useRef<HTMLElement>(anchor);
  const latestClose = useRef(onClose);
  latestClose.current = onClose;
  // Only once: what is around may be drawn anew many times a second while the arrow keys walk through the menu.
  useEffect(() => {
    const { activeElement } = document;
    // A key may have opened it from elsewhere: there the hands go on.
    if (activeElement instanceof HTMLElement && activeElement !== document.body) opener.current = activeElement;
    const chosen = list.current?.querySelector<HTMLElement>("[aria-checked=true]:not([aria-disabled=true])");
    (chosen ?? list.current?.querySelector<HTMLElement>("[role^=menuitem]"))?.focus();
    const onPress = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!list.current?.contains(target) && !anchor.contains(target)) latestClose.current();
    };
    document.addEventListener("pointerdown", onPress);
    return () => document.removeEventListener("pointerdown", onPress);
  }, [anchor]);
  const finish = () => {
    onClose();
    (opener.current.isConnected ? opener.current : anchor).focus();
  };
  return createPortal(
    <div
      ref={list}
      id={id}
      className="menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => onMenuKey(event, list.current, finish)}
    >
      {header}
      {items.map((item) => (
        <MenuRow key={item.id} item={item} onClose={finish} />
      ))}
      {footer?.(finish)}
    </div>,
    document.body,
  );
}

/** A reason of more characters than this gets its own lines. */
const LONG = 44;

function MenuRow({ item, onClose }: { readonly item: MenuItem; readonly onClose: () => void }) {
  const isRefused = item.refusal !== undefined && item.refusal !== null;
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={item.isChosen ?? false}
      aria-disabled={isRefused}
      tabIndex={-1}
      className={`menu-item${(item.refusal?.length ?? 0) > LONG ? " is-long" : ""}`}
      data-testid={`menu-${item.id}`}
      onClick={() => {
        if (isRefused) return;
        onClose();
        item.onTake();
      }}
    >
      <span className="menu-check" aria-hidden="true">
        {item.isChosen ? "✓" : ""}
      </span>
      <span className="menu-label">{item.label}</span>
      <span className="menu-hint">{item.refusal ?? item.hint ?? ""}</span>
    </button>
  );
}

function onMenuKey(event: KeyboardEvent, list: HTMLElement | null, onClose: () => void): void {
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    onClose();
    return;
  }
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || list === null) return;
  event.preventDefault();
  const rows = [...list.querySelectorAll("[role^=menuitem], input")];
  const at = document.activeElement === null ? -1 : rows.indexOf(document.activeElement);
  const next = rows.at((at + step + rows.length) % rows.length);
  if (next instanceof HTMLElement) next.focus();
}

/** Below the button, moved in from the right edge and above it where there is no room below. */
function placeBelow(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8));
  const isBelow = at.bottom + menu.offsetHeight + 8 <= innerHeight || at.top < menu.offsetHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${isBelow ? at.bottom + 4 : at.top - menu.offsetHeight - 4}px`;
  menu.style.maxHeight = `${Math.max(120, innerHeight - (isBelow ? at.bottom + 12 : 16))}px`;
}
