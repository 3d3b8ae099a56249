/** The mounted scopes, so that keys and the palette can reach them. */
import type { Dispose } from "@pyprobe/base";
import type { ProbeId } from "@pyprobe/protocol";
import type { AnchorKey } from "../state/anchor-key.ts";
import { describeType } from "./choose-lens.ts";
import type { ScopeView } from "./scope-view.ts";

export type MountedScope = {
  readonly key: AnchorKey;
  readonly probe: ProbeId | undefined;
  readonly element: HTMLElement;
  /** Undefined until the engine has given the probe its id. */
  readonly view: () => ScopeView | undefined;
  readonly openLensMenu: () => void;
};

export class ScopeCommands {
  readonly #scopes = new Map<AnchorKey, MountedScope>();

  add(scope: MountedScope): Dispose {
    this.#scopes.set(scope.key, scope);
    return () => {
      if (this.#scopes.get(scope.key) === scope) this.#scopes.delete(scope.key);
    };
  }

  find(key: AnchorKey): MountedScope | undefined {
    return this.#scopes.get(key);
  }

  /** In reading order on the screen. */
  inOrder(): readonly MountedScope[] {
    const place = (scope: MountedScope) => scope.element.getBoundingClientRect();
    return [...this.#scopes.values()].sort((a, b) => place(a).top - place(b).top || place(a).left - place(b).left);
  }

  focus(key: AnchorKey): void {
    const scope = this.#scopes.get(key);
    scope?.element.scrollIntoView({ block: "nearest" });
    scope?.element.focus();
  }

  /** Type and shape of the newest value seen by a scope of this probe. */
  describe(probe: ProbeId): string | undefined {
    for (const scope of this.#scopes.values()) {
      const value = scope.probe === probe ? scope.view()?.status.value : undefined;
      if (value) return describeType(value);
    }
    return undefined;
  }
}
