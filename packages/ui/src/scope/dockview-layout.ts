/**
 * The layout port on dockview-core. Each group of scopes is one dockview panel; moving its tab arranges the groups. Heights follow the
 * number of scopes until a person moves a border or a tab: from then on only that person does. What does not fit is scrolled to: the
 * dock is as high as its scopes need.
 */
import { type Dispose, Emitter } from "@pyprobe/base";
import { createDockview, type DockviewApi, type IContentRenderer, type ITabRenderer } from "dockview-core";
import {
  type CountedGroup,
  type DockPart,
  type DockShape,
  groupHeight,
  heightOf,
  packRows,
  TWO_COLUMNS_CSS_PX,
} from "./dock-heights.ts";
import type { DockGroup, LayoutPort } from "./layout-port.ts";

export function createDockviewLayout(scroller: HTMLElement): LayoutPort {
  return new DockviewLayout(scroller);
}

class DockviewLayout implements LayoutPort {
  readonly #api: DockviewApi;
  readonly #emitter = new Emitter<{ changed: null; arranged: { saved: unknown } }>();
  readonly #elements = new Map<string, HTMLElement>();
  readonly #tabs = new Map<string, GroupTab>();
  readonly #scroller: HTMLElement;
  readonly #inner = document.createElement("div");
  readonly #resized = new ResizeObserver(() => this.#resize());
  #isWide = true;
  #groups: readonly DockGroup[] = [];
  /** The rows that nobody has changed by hand. */
  #packed: readonly (readonly string[])[] = [];
  #isSetting = false;
  #isArranged = false;
  /** As it was when the hand took a tab or a border. */
  #before: { saved: unknown; text: string } | undefined;

  constructor(scroller: HTMLElement) {
    this.#scroller = scroller;
    this.#inner.className = "dock-inner";
    scroller.append(this.#inner);
    this.#api = createDockview(this.#inner, {
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
    this.#api.onDidMovePanel(() => this.#arranged());
    this.#resized.observe(scroller);
    this.#listen();
  }

  readonly setGroups = (groups: readonly DockGroup[]): void => {
    this.#isSetting = true;
    const wanted = new Set(groups.map((group) => group.id));
    for (const panel of [...this.#api.panels]) if (!wanted.has(panel.id)) this.#api.removePanel(panel);
    for (const id of [...this.#elements.keys()]) if (!wanted.has(id)) this.#forget(id);
    this.#packed = this.#packed.map((row) => row.filter((id) => wanted.has(id))).filter((row) => row.length > 0);
    const hasGrown = groups.some(
      ({ id, count }) => count > (this.#groups.find((group) => group.id === id)?.count ?? 0),
    );
    this.#groups = groups;
    if (this.#isArranged) for (const group of groups) this.#addBelow(group);
    else if (hasGrown || this.#api.panels.length === 0) this.#pack();
    for (const group of groups) this.#tabs.get(group.id)?.write(group);
    this.#fit();
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
    this.#packed = [];
    try {
      if (saved === undefined) this.#api.clear();
      else this.#api.fromJSON(saved as ReturnType<DockviewApi["toJSON"]>);
      this.#isArranged = saved !== undefined;
    } catch {
      // An arrangement of another version: the groups get their usual places.
      this.#api.clear();
    }
    this.#isSetting = false;
    if (this.#groups.length > 0) this.setGroups(this.#groups);
  };

  readonly onChanged = (listener: () => void): Dispose => this.#emitter.on("changed", listener);

  readonly onArranged = (listener: (before: { saved: unknown }) => void): Dispose =>
    this.#emitter.on("arranged", listener);

  readonly dispose = (): void => {
    this.#resized.disconnect();
    this.#api.dispose();
    this.#inner.remove();
  };

  /** A drag of a tab ends in a move that the library tells of; one of a border ends where the hand leaves it. */
  #listen(): void {
    this.#inner.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Element)) return;
      const isSash = event.target.closest(".dv-sash") !== null;
      if (!isSash && event.target.closest(".dv-tabs-and-actions-container") === null) return;
      this.#before = { saved: this.save(), text: this.#text() };
      if (!isSash) return;
      document.addEventListener("pointerup", () => requestAnimationFrame(() => this.#arranged()), { once: true });
    });
  }

  #arranged(): void {
    const before = this.#before;
    if (before === undefined || this.#isSetting || before.text === this.#text()) return;
    this.#before = undefined;
    this.#isArranged = true;
    this.#fit();
    this.#emitter.emit("arranged", { saved: before.saved });
    this.#emitter.emit("changed", null);
  }

  #text(): string {
    return JSON.stringify(this.#api.toJSON().grid);
  }

  #addBelow({ id, title }: DockGroup): void {
    if (this.#api.getPanel(id) !== undefined) return;
    const isFirst = this.#api.panels.length === 0;
    this.#api.addPanel({ id, title, component: "group", ...(isFirst ? {} : { position: { direction: "below" } }) });
  }

  /** Puts the groups into the rows that fit best, unless they are in them already. */
  #pack(): void {
    const { clientWidth: widthCssPx, clientHeight: heightCssPx } = this.#scroller;
    const rows = packRows(this.#groups, { widthCssPx, heightCssPx });
    const packed = rows.map((row) => row.map(({ id }) => id));
    if (JSON.stringify(packed) === JSON.stringify(this.#packed) && this.#api.panels.length > 0) return;
    const isAppended = this.#packed.every((row, at) => JSON.stringify(row) === JSON.stringify(packed[at]));
    this.#packed = packed;
    const { activeElement } = document;
    // What only gets one more row below stays as it is.
    if (!isAppended) this.#api.clear();
    for (const row of rows) for (const group of row) this.#addInRow(group, row);
    if (activeElement instanceof HTMLElement && this.#inner.contains(activeElement)) activeElement.focus();
  }

  #addInRow(group: DockGroup, row: readonly CountedGroup[]): void {
    const before = row[row.findIndex(({ id }) => id === group.id) - 1]?.id;
    if (before === undefined || this.#api.getPanel(group.id) !== undefined) this.#addBelow(group);
    else {
      const position = { referencePanel: before, direction: "right" } as const;
      this.#api.addPanel({ id: group.id, title: group.title, component: "group", position });
    }
  }

  /** Rows that groups share come apart where it gets narrow, and are made anew where it gets wide; in between everything stays. */
  #resize(): void {
    const isWide = this.#scroller.clientWidth >= TWO_COLUMNS_CSS_PX;
    if (isWide !== this.#isWide && this.#scroller.clientWidth > 0) {
      this.#isWide = isWide;
      if (!this.#isArranged && this.#api.panels.length > 0) this.restore(undefined);
    }
    this.#fit();
  }

  /** Makes the dock as high as needed, and gives each row of groups its share while nobody has moved a border. */
  #fit(): void {
    const { clientHeight, clientWidth } = this.#scroller;
    if (clientHeight === 0 || this.#api.groups.length === 0) return;
    const needed = heightOf(this.#shape(), this.#countOf);
    const height = Math.max(clientHeight, needed);
    this.#inner.style.height = height > clientHeight ? `${height}px` : "";
    this.#api.layout(this.#inner.clientWidth, height);
    if (this.#isArranged || this.#api.groups.length < 2) return;
    for (const group of this.#api.groups) {
      const needs = group.panels.map(({ id }) => groupHeight(this.#countOf(id), group.width || clientWidth));
      group.api.setSize({ height: Math.round((height * Math.max(0, ...needs)) / needed) });
    }
  }

  readonly #countOf = (id: string): number => this.#groups.find((group) => group.id === id)?.count ?? 1;

  #shape(): DockShape {
    const { grid } = this.#api.toJSON();
    return {
      root: partOf(grid.root),
      isColumn: grid.orientation === "VERTICAL",
      widthCssPx: this.#scroller.clientWidth,
    };
  }

  #forget(id: string): void {
    this.#elements.delete(id);
    this.#tabs.delete(id);
  }

  #content(id: string): IContentRenderer {
    const element = this.#elements.get(id) ?? document.createElement("div");
    element.className = "dock-group";
    element.dataset.group = id;
    this.#elements.set(id, element);
    return { element, init: () => {} };
  }

  #tab(id: string): ITabRenderer {
    const tab = this.#tabs.get(id) ?? new GroupTab();
    this.#tabs.set(id, tab);
    return tab;
  }
}

type GridNode = ReturnType<DockviewApi["toJSON"]>["grid"]["root"];

function partOf(node: GridNode): DockPart {
  const size = node.size === undefined ? {} : { size: node.size };
  if (Array.isArray(node.data)) return { type: "branch", ...size, children: node.data.map(partOf) };
  return { type: "leaf", ...size, views: node.data.views };
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
