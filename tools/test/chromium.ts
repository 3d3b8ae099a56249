/** A Chromium for the browser tests: one that is installed, or the system's package where it may be installed. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runProcess } from "./run-process.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
] as const;

export class ChromiumError extends Error {
  override readonly name = "ChromiumError";
}

export function findChromium(): string | undefined {
  const chosen = process.env.CHROME_PATH;
  if (chosen !== undefined && chosen !== "") {
    if (existsSync(chosen)) return chosen;
    throw new ChromiumError(
      `Cannot use CHROME_PATH=${chosen}: there is no such file (set it to a Chromium or Chrome, or unset it)`,
    );
  }
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((directory) => names.map((name) => join(directory, name)));
  return [...onPath, ...places].find((path) => existsSync(path));
}

/** Throws `ChromiumError` with the next step. */
export async function findOrInstallChromium(say: (line: string) => void): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) {
    throw new ChromiumError(
      "Cannot run the browser tests: there is no Chromium (install Chromium or Chrome, or set CHROME_PATH to one; on Debian: apt-get install chromium)",
    );
  }
  say("Installing Chromium with apt-get …");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runProcess("apt-get", ["update", "-q"], { env, timeoutMs: 10 * 60_000 });
  const installed = await runProcess("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], {
    env,
    timeoutMs: 20 * 60_000,
  });
  const path = findChromium();
  if (path !== undefined) return path;
  const reason = installed.stderr.trim().split("\n").at(-1) ?? "apt-get failed";
  throw new ChromiumError(
    `Cannot run the browser tests: apt-get install chromium failed: ${reason} (install it by hand, or set CHROME_PATH)`,
  );
}
