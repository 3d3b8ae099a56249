/** Keys while a scope has the focus. */
import { lenses } from "@pyprobe/lens";
import type { KeyboardEvent, RefObject } from "react";
import { usePage } from "../panel/page-context.ts";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { Direction } from "../state/arrangement.ts";
import { stepScope } from "./move-scope.ts";
import type { ScopeView } from "./scope-view.ts";

const ZOOM = 1.25;
const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export function useScopeKeys(
  key: AnchorKey,
  view: RefObject<ScopeView | undefined>,
  openLensMenu: () => void,
): (event: KeyboardEvent<HTMLElement>) => void {
  const page = usePage();
  const { actions, settings } = page;
  return (event) => {
    const scope = view.current;
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const run = keyAction(event, {
      remove: () => actions.removeProbe(key),
      lensMenu: openLensMenu,
      move: (direction) => stepScope(page, key, direction),
      lens: (index) => {
        const lens = lenses[index]?.id;
        if (lens === undefined) return;
        settings.rememberLens(key, lens);
        scope?.chooseLens(lens);
      },
      scope,
    });
    if (run === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
}

type Hands = {
  readonly remove: () => void;
  readonly lensMenu: () => void;
  readonly move: (direction: Direction) => void;
  readonly lens: (index: number) => void;
  readonly scope: ScopeView | undefined;
};

function keyAction(event: KeyboardEvent<HTMLElement>, hands: Hands): (() => void) | undefined {
  const { scope } = hands;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (event.shiftKey && digit !== undefined) return () => hands.lens(Number(digit) - 1);
  const direction = directions[event.key];
  if (event.shiftKey && direction !== undefined) return () => hands.move(direction);
  const middle = middleOf(event.currentTarget);
  switch (event.key) {
    case "Delete":
    case "Backspace":
      return hands.remove;
    case "l":
    case "L":
      return hands.lensMenu;
    case " ":
      return () => scope?.hold(!scope.status.isHeld);
    case "f":
    case "F":
      return () => scope?.fit();
    case "a":
    case "A":
      return () => scope?.setAutoY(!scope.status.isAutoY);
    case "+":
    case "=":
      return () => scope?.zoom("x", 1 / ZOOM, middle);
    case "-":
      return () => scope?.zoom("x", ZOOM, middle);
    case "ArrowLeft":
      return () => scope?.pan({ x: 40, y: 0 });
    case "ArrowRight":
      return () => scope?.pan({ x: -40, y: 0 });
    case "ArrowUp":
      return () => scope?.zoom("y", 1 / ZOOM, middle);
    case "ArrowDown":
      return () => scope?.zoom("y", ZOOM, middle);
    default:
      return undefined;
  }
}

function middleOf(panel: HTMLElement): { xCssPx: number; yCssPx: number } {
  const canvas = panel.querySelector("canvas");
  return { xCssPx: (canvas?.clientWidth ?? 0) / 2, yCssPx: (canvas?.clientHeight ?? 0) / 2 };
}
