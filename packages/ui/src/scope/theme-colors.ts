/** The colours that canvases draw with: the page's CSS variables, read once per theme. */
import { type Dispose, Emitter } from "@pyprobe/base";
import type { Viewport } from "@pyprobe/lens";
import { colorOf } from "../state/series-colors.ts";

export class ThemeColors {
  readonly #emitter = new Emitter<{ changed: null }>();
  readonly #disposers: Dispose[] = [];
  #cache = new Map<number, Viewport["colors"]>();
  #fontFamily: string | undefined;

  constructor() {
    const changed = () => this.#changed();
    const contrast = matchMedia("(prefers-contrast: more)");
    contrast.addEventListener("change", changed);
    this.#disposers.push(() => contrast.removeEventListener("change", changed));
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.#disposers.push(() => observer.disconnect());
  }

  of(series: number): Viewport["colors"] {
    const known = this.#cache.get(series);
    if (known !== undefined) return known;
    const style = getComputedStyle(document.documentElement);
    const read = (name: string) => style.getPropertyValue(name).trim();
    const colors = {
      background: read("--plot"),
      grid: read("--grid"),
      axis: read("--axis"),
      text: read("--muted"),
      series: read(`--series-${colorOf(series)}`),
      seriesAlternate: read(`--series-${colorOf(series + 1)}`),
    };
    this.#cache.set(series, colors);
    return colors;
  }

  get fontFamily(): string {
    this.#fontFamily ??= getComputedStyle(document.documentElement).getPropertyValue("--font").trim();
    return this.#fontFamily;
  }

  onChanged(listener: () => void): Dispose {
    return this.#emitter.on("changed", listener);
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
  }

  #changed(): void {
    this.#cache = new Map();
    this.#emitter.emit("changed", null);
  }
}
