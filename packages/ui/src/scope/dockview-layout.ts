/** The layout port on dockview-core. Each group of scopes is one dockview panel; moving its tab arranges the groups. */
import { type Dispose, Emitter } from "@pyprobe/base";
import { createDockview, type DockviewApi, type IContentRenderer, type ITabRenderer } from "dockview-core";
import type { DockGroup, LayoutPort } from "./layout-port.ts";

/** So many groups are stacked before further ones become tabs of the last. */
const STACKED = 3;

export function createDockviewLayout(parent: HTMLElement): LayoutPort {
  return new DockviewLayout(parent);
}

class DockviewLayout implements LayoutPort {
  readonly #api: DockviewApi;
  readonly #emitter = new Emitter<{ changed: null }>();
  readonly #elements = new Map<string, HTMLElement>();
  readonly #tabs = new Map<string, GroupTab>();
  #isSetting = false;

  constructor(parent: HTMLElement) {
    this.#api = createDockview(parent, {
      createComponent: (options) => this.#content(options.id),
      createTabComponent: (options) => this.#tab(options.id),
      defaultTabComponent: "group",
      theme: {
        name: "pyprobe",
        className: "dock-theme",
        gap: 6,
        dndOverlayMounting: "absolute",
        dndPanelOverlay: "group",
      },
      disableFloatingGroups: true,
      disableTabsOverflowList: true,
      noPanelsOverlay: "emptyGroup",
    });
    this.#api.onDidLayoutChange(() => {
      if (!this.#isSetting) this.#emitter.emit("changed", null);
    });
  }

  readonly setGroups = (groups: readonly DockGroup[]): void => {
    this.#isSetting = true;
    const wanted = new Set(groups.map((group) => group.id));
    for (const panel of [...this.#api.panels]) if (!wanted.has(panel.id)) this.#api.removePanel(panel);
    for (const id of [...this.#elements.keys()]) if (!wanted.has(id)) this.#forget(id);
    for (const group of groups) {
      if (this.#api.getPanel(group.id) === undefined) this.#add(group);
      this.#tabs.get(group.id)?.write(group);
    }
    this.#isSetting = false;
    this.#emitter.emit("changed", null);
  };

  readonly elementOf = (id: string): HTMLElement | undefined => this.#elements.get(id);

  readonly reveal = (id: string): void => {
    this.#api.getPanel(id)?.api.setActive();
  };

  readonly save = (): unknown => this.#api.toJSON();

  readonly restore = (saved: unknown): void => {
    this.#isSetting = true;
    try {
      this.#api.fromJSON(saved as ReturnType<DockviewApi["toJSON"]>);
    } catch {
      // An arrangement of another version: the groups get their usual places.
      this.#api.clear();
    }
    this.#isSetting = false;
  };

  readonly onChanged = (listener: () => void): Dispose => this.#emitter.on("changed", listener);

  readonly dispose = (): void => this.#api.dispose();

  #add(group: DockGroup): void {
    const last = this.#api.panels.at(-1);
    const direction = this.#api.groups.length < STACKED ? "below" : "within";
    this.#api.addPanel({
      id: group.id,
      title: group.title,
      component: "group",
      ...(last === undefined ? {} : { position: { referencePanel: last.id, direction } }),
    });
  }

  #forget(id: string): void {
    this.#elements.delete(id);
    this.#tabs.delete(id);
  }

  #content(id: string): IContentRenderer {
    const element = this.#elements.get(id) ?? document.createElement("div");
    element.className = "dock-group";
    this.#elements.set(id, element);
    return { element, init: () => {} };
  }

  #tab(id: string): ITabRenderer {
    const tab = this.#tabs.get(id) ?? new GroupTab();
    this.#tabs.set(id, tab);
    return tab;
  }
}

class GroupTab implements ITabRenderer {
  readonly element = document.createElement("div");

  constructor() {
    this.element.className = "dock-tab";
  }

  init(parameters: { title: string }): void {
    if (this.element.textContent === "") this.element.textContent = parameters.title;
  }

  write(group: DockGroup): void {
    this.element.textContent = group.title;
    this.element.title = `${group.title}: ${group.count} ${group.count === 1 ? "scope" : "scopes"}`;
  }
}
