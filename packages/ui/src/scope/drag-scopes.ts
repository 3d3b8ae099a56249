/**
 * Scopes are dragged by their headers: beside another scope, onto a group's tab, or below all of them into a group of their own. A line
 * shows where it would go; Esc leaves it where it was. Listens on the dock; owned by it.
 */
import type { Dispose } from "@pyprobe/base";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { Side } from "../state/arrangement.ts";

export type DropTarget =
  | { readonly kind: "beside"; readonly other: AnchorKey; readonly side: Side }
  | { readonly kind: "group"; readonly id: string }
  | { readonly kind: "own" };

/** A press that moves less than this is a click. */
const SLACK_CSS_PX = 6;
/** So near to the edge of the dock it scrolls, by so much an animation step. */
const EDGE_CSS_PX = 36;
const SCROLL_CSS_PX = 10;

type Point = { readonly x: number; readonly y: number };
type Drop = { readonly target: DropTarget; readonly mark: Rect };
type Rect = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

export function attachScopeDrag(dock: HTMLElement, onDrop: (key: AnchorKey, target: DropTarget) => void): Dispose {
  let drag: ScopeDrag | undefined;
  const onDown = (event: PointerEvent) => {
    const host = draggedHost(event);
    if (host === null) return;
    drag?.end();
    drag = new ScopeDrag({ dock, host, from: { x: event.clientX, y: event.clientY }, onDrop });
  };
  dock.addEventListener("pointerdown", onDown);
  return () => {
    drag?.end();
    dock.removeEventListener("pointerdown", onDown);
  };
}

/** By mouse or pen, on the header but not on its controls. A finger scrolls there. */
function draggedHost(event: PointerEvent): HTMLElement | null {
  if (event.button !== 0 || event.pointerType === "touch" || !(event.target instanceof Element)) return null;
  if (event.target.closest(".scope-header") === null) return null;
  const control = event.target.closest("button, input");
  if (control !== null && !control.classList.contains("scope-name")) return null;
  return event.target.closest<HTMLElement>(".scope-host");
}

type DragOptions = {
  readonly dock: HTMLElement;
  readonly host: HTMLElement;
  readonly from: Point;
  readonly onDrop: (key: AnchorKey, target: DropTarget) => void;
};

class ScopeDrag {
  readonly #options: DragOptions;
  readonly #marker = document.createElement("div");
  readonly #listening = new AbortController();
  #isMoving = false;
  #at: Point;
  #drop: Drop | undefined;

  constructor(options: DragOptions) {
    this.#options = options;
    this.#at = options.from;
    const { signal } = this.#listening;
    document.addEventListener("pointermove", (event) => this.#move(event), { signal });
    document.addEventListener("pointerup", () => this.#finish(), { signal });
    document.addEventListener("pointercancel", () => this.end(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
  }

  end(): void {
    this.#listening.abort();
    this.#marker.remove();
    this.#options.host.classList.remove("is-dragged");
    document.documentElement.classList.remove("is-dragging");
  }

  #move(event: PointerEvent): void {
    this.#at = { x: event.clientX, y: event.clientY };
    if (!this.#isMoving) {
      const { from, host } = this.#options;
      if (Math.hypot(this.#at.x - from.x, this.#at.y - from.y) < SLACK_CSS_PX) return;
      this.#isMoving = true;
      host.classList.add("is-dragged");
      document.documentElement.classList.add("is-dragging");
      this.#marker.className = "drop-marker";
      document.body.append(this.#marker);
      this.#scroll();
    }
    this.#aim();
  }

  #aim(): void {
    const { dock, host } = this.#options;
    this.#drop = dropAt(dock, host, this.#at);
    this.#marker.hidden = this.#drop === undefined;
    if (this.#drop === undefined) return;
    const { left, top, width, height } = this.#drop.mark;
    Object.assign(this.#marker.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  /** While it is held near an edge, the dock goes on. */
  #scroll(): void {
    if (this.#listening.signal.aborted) return;
    const { dock } = this.#options;
    const { top, bottom } = dock.getBoundingClientRect();
    const before = dock.scrollTop;
    if (this.#at.y < top + EDGE_CSS_PX) dock.scrollTop -= SCROLL_CSS_PX;
    else if (this.#at.y > bottom - EDGE_CSS_PX) dock.scrollTop += SCROLL_CSS_PX;
    if (dock.scrollTop !== before) this.#aim();
    requestAnimationFrame(() => this.#scroll());
  }

  #finish(): void {
    const drop = this.#drop;
    const { host, onDrop } = this.#options;
    this.end();
    if (!this.#isMoving) return;
    // The release is no click on what happens to be below it.
    const swallow = (event: Event) => event.stopPropagation();
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
    const key = host.dataset.key;
    if (drop !== undefined && key !== undefined) onDrop(key as AnchorKey, drop.target);
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    this.end();
  }
}

function dropAt(dock: HTMLElement, host: HTMLElement, { x, y }: Point): Drop | undefined {
  const below = document.elementFromPoint(x, y);
  if (below === null || !dock.contains(below)) return undefined;
  const over = below.closest<HTMLElement>(".scope-host");
  if (over === host) return undefined;
  if (over?.dataset.key !== undefined) return besideAt(over, over.dataset.key as AnchorKey, { x, y });
  const group = below.closest(".dv-groupview");
  const id = group?.querySelector<HTMLElement>(".dock-group")?.dataset.group;
  if (group !== null && id !== undefined) return { target: { kind: "group", id }, mark: group.getBoundingClientRect() };
  return undefined;
}

/** Before or after along the direction in which the scopes of the group run; at the very bottom of the dock, behind all of them. */
function besideAt(over: HTMLElement, other: AnchorKey, { x, y }: Point): Drop {
  const rect = over.getBoundingClientRect();
  if (isLowest(over) && y > rect.bottom - rect.height / 5) {
    return { target: { kind: "own" }, mark: { left: rect.left, top: rect.bottom - 8, width: rect.width, height: 8 } };
  }
  const isRow = hasNeighbour(over, rect);
  const isAfter = isRow ? x > rect.left + rect.width / 2 : y > rect.top + rect.height / 2;
  const target = { kind: "beside", other, side: isAfter ? "after" : "before" } as const;
  const mark = isRow
    ? { left: (isAfter ? rect.right : rect.left) - 2, top: rect.top, width: 4, height: rect.height }
    : { left: rect.left, top: (isAfter ? rect.bottom : rect.top) - 2, width: rect.width, height: 4 };
  return { target, mark };
}

function hasNeighbour(host: HTMLElement, { top }: Rect): boolean {
  return [host.previousElementSibling, host.nextElementSibling].some(
    (sibling) => sibling !== null && Math.abs(sibling.getBoundingClientRect().top - top) < 2,
  );
}

function isLowest(host: HTMLElement): boolean {
  const { bottom } = host.getBoundingClientRect();
  const all = [...(host.closest(".dock")?.querySelectorAll(".scope-host") ?? [])];
  return all.every((other) => other.getBoundingClientRect().bottom <= bottom + 1);
}
