/** A real Chromium in front of the real command's page. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "../../tools/test/chromium.ts";
import { type CliOptions, type RunningCli, startCli } from "./cli.ts";
import { anyPython } from "./pythons.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Tabs that are not in front are tested as well.
  "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
];

export type BrowserOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "dark" | "light";
  readonly hasTouch?: boolean;
};

export type TestBrowser = {
  readonly context: BrowserContext;
  /** What went wrong in any of its pages: uncaught errors and messages of level error. */
  readonly errors: readonly string[];
  open(address: string): Promise<Page>;
  close(): Promise<void>;
};

/** A browser of its own profile. Whoever starts one closes it. */
export async function startBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const executablePath = process.env.PYPROBE_TEST_CHROMIUM || findChromium();
  if (executablePath === undefined)
    throw new Error("Cannot test the page: there is no Chromium (run `npm test -- browser` once)");
  const profile = mkdtempSync(join(tmpdir(), "pyprobe-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: flags,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? "dark",
    hasTouch: options.hasTouch ?? false,
  });
  const errors: string[] = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
  });
  return {
    context,
    errors,
    async open(address) {
      const page = await context.newPage();
      await page.goto(address);
      return page;
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export type ServedProgram = RunningCli & { readonly address: string };

/** `pyprobe run --no-open` on a program; resolves when the address of its page is known. Whoever starts one ends it. */
export async function serveProgram(args: readonly string[], options: CliOptions = {}): Promise<ServedProgram> {
  const cli = startCli(["run", "--no-open", "--python", anyPython().path, ...args], options);
  const [, address = ""] = await cli.waitFor(/PyProbe is at (\S+)/);
  return { ...cli, address };
}
