/**
 * One element for each scope, which wanders between the groups. React draws into it wherever it is, so that a scope that is moved keeps
 * its canvas, its view of the engine and the focus.
 */
import type { AnchorKey } from "../state/anchor-key.ts";

export class ScopeHosts {
  readonly #hosts = new Map<AnchorKey, HTMLElement>();

  of(key: AnchorKey): HTMLElement {
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const host = document.createElement("div");
    host.className = "scope-host";
    host.dataset.key = key;
    this.#hosts.set(key, host);
    return host;
  }

  /** Puts exactly these scopes into a group's element, in this order. */
  fill(group: HTMLElement, keys: readonly AnchorKey[]): void {
    const { activeElement } = document;
    const tiles = tilesOf(group);
    tiles.className = `tiles is-${Math.min(keys.length, 5)}`;
    let at = tiles.firstElementChild;
    for (const key of keys) {
      const host = this.of(key);
      if (at === host) at = at.nextElementSibling;
      else tiles.insertBefore(host, at);
    }
    while (at !== null) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
    // What is put elsewhere loses the focus.
    if (activeElement instanceof HTMLElement && tiles.contains(activeElement)) activeElement.focus();
  }

  /** Lets go of the scopes that are no longer shown. */
  keep(keys: ReadonlySet<AnchorKey>): void {
    for (const [key, host] of this.#hosts) {
      if (keys.has(key)) continue;
      host.remove();
      this.#hosts.delete(key);
    }
  }
}

function tilesOf(group: HTMLElement): HTMLElement {
  if (group.firstElementChild instanceof HTMLElement) return group.firstElementChild;
  const tiles = document.createElement("div");
  group.append(tiles);
  return tiles;
}
