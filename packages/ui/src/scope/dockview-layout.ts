/**
 * The layout port on dockview-core. Each group of scopes is one dockview panel; moving its tab arranges the groups. Heights follow the
 * number of scopes until a person moves a border or a tab: from then on only that person does.
 */
import { type Dispose, Emitter } from "@pyprobe/base";
import { createDockview, type DockviewApi, type IContentRenderer, type ITabRenderer } from "dockview-core";
import type { DockGroup, LayoutPort } from "./layout-port.ts";

/** So many groups are stacked before further ones become tabs of the last. */
const STACKED = 3;
/** From this width on a group shows two scopes beside each other; `scopes.css` says the same. */
const TWO_COLUMNS_CSS_PX = 640;

export function createDockviewLayout(parent: HTMLElement): LayoutPort {
  return new DockviewLayout(parent);
}

class DockviewLayout implements LayoutPort {
  readonly #api: DockviewApi;
  readonly #emitter = new Emitter<{ changed: null }>();
  readonly #elements = new Map<string, HTMLElement>();
  readonly #tabs = new Map<string, GroupTab>();
  readonly #parent: HTMLElement;
  #groups: readonly DockGroup[] = [];
  #isSetting = false;
  #isArranged = false;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
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
    this.#api.onDidMovePanel(() => {
      this.#isArranged = true;
    });
    parent.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.closest(".dv-sash") !== null) this.#isArranged = true;
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
    this.#groups = groups;
    this.#balance();
    this.#isSetting = false;
    this.#emitter.emit("changed", null);
  };

  readonly elementOf = (id: string): HTMLElement | undefined => this.#elements.get(id);

  readonly reveal = (id: string): void => {
    // Only when it is a tab behind another: activating takes the content out and puts it back, and a click on it would be lost.
    const panel = this.#api.getPanel(id);
    if (panel !== undefined && !panel.api.isVisible) panel.api.setActive();
  };

  readonly save = (): unknown => (this.#isArranged ? this.#api.toJSON() : undefined);

  readonly restore = (saved: unknown): void => {
    this.#isSetting = true;
    try {
      this.#api.fromJSON(saved as ReturnType<DockviewApi["toJSON"]>);
      this.#isArranged = true;
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

  /** Gives each stacked group height for its rows of scopes. */
  #balance(): void {
    const height = this.#parent.clientHeight;
    if (this.#isArranged || height === 0 || this.#api.groups.length < 2) return;
    const columns = this.#parent.clientWidth >= TWO_COLUMNS_CSS_PX ? 2 : 1;
    const counts = new Map(this.#groups.map(({ id, count }) => [id, count]));
    const rows = this.#api.groups.map((group) =>
      Math.max(1, ...group.panels.map((panel) => Math.ceil((counts.get(panel.id) ?? 1) / columns))),
    );
    const all = rows.reduce((sum, count) => sum + count, 0);
    for (const [index, group] of this.#api.groups.entries()) {
      group.api.setSize({ height: Math.round((height * (rows[index] ?? 1)) / all) });
    }
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
