/** Keys that apply wherever the focus is, save in text fields. */
import { useEffect } from "react";
import { type Page, usePage } from "./page-context.ts";

const regions: readonly (string | undefined)[] = ["top", "code", "scopes", "drawer"];

export function useShortcuts(): void {
  const page = usePage();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = shortcut(page, event);
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [page]);
}

function shortcut(page: Page, event: KeyboardEvent): (() => void) | undefined {
  const { store, actions } = page;
  const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (isCommand && event.key.toLowerCase() === "k") return () => store.setState({ overlay: "palette" });
  if (event.key === "F6") return () => cycleRegion(event.shiftKey ? -1 : 1, page);
  if (store.getState().overlay !== "none" || isTyping(event.target)) return undefined;
  if (isCommand && !event.shiftKey && event.key.toLowerCase() === "z") return () => actions.undo();
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === "?") return () => store.setState({ overlay: "keys" });
  if (event.key === "/") return () => showCode(page, () => page.code.search());
  if (event.key === "M") return () => store.setState({ drawer: { isOpen: true, tab: "messages" } });
  if (event.key === "Escape" && !isInCode(event.target)) return () => showCode(page, () => page.code.focus());
  const digit = event.shiftKey ? null : /^Digit([1-9])$/.exec(event.code);
  if (digit !== null) return () => focusScope(page, Number(digit[1]));
  return undefined;
}

/** At once where the region is in sight: the next key may come before the next picture. */
function showThen(page: Page, region: "code" | "scopes", then: () => void): void {
  page.store.setState({ narrowPage: region });
  const element = document.querySelector<HTMLElement>(`[data-region="${region}"]`);
  if (element !== null && element.offsetParent !== null) then();
  else requestAnimationFrame(then);
}

function showCode(page: Page, then: () => void): void {
  showThen(page, "code", then);
}

function focusScope(page: Page, number: number): void {
  const scope = page.scopes.inOrder()[number - 1];
  if (scope === undefined) return;
  showThen(page, "scopes", () => page.scopes.focus(scope.key));
}

/** To the next region that is shown; in the code that is the editor, elsewhere the first thing that takes the focus. */
function cycleRegion(direction: 1 | -1, page: Page): void {
  const here = document.activeElement?.closest<HTMLElement>("[data-region]")?.dataset.region;
  const at = here === undefined ? -1 : regions.indexOf(here);
  for (let step = 1; step <= regions.length; step += 1) {
    const from = at < 0 && direction < 0 ? 0 : at;
    const region = regions[(from + direction * step + 2 * regions.length) % regions.length];
    const element = document.querySelector<HTMLElement>(`[data-region="${region}"]`);
    if (element === null || element.offsetParent === null) continue;
    if (region === "code") {
      page.code.focus();
      return;
    }
    const first =
      element.querySelector<HTMLElement>(".scope") ??
      element.querySelector<HTMLElement>("button:not(:disabled), input, [tabindex='0']");
    if (first === null) continue;
    first.focus();
    return;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function isInCode(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".cm-editor") !== null;
}
