/** Opens an address in the person's browser, where there is one. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

type Opener = { readonly file: string; readonly args: (address: string) => readonly string[] };

/** The program that opens addresses; or why there is none. */
export function findBrowserOpener(): Opener | { readonly problem: string } {
  if (process.platform === "darwin") return { file: "open", args: (address) => [address] };
  if (process.platform === "win32") {
    // `start` belongs to cmd; its first quoted word is a window title, and & must not end the command.
    return { file: "cmd", args: (address) => ["/c", "start", '""', address.replaceAll("&", "^&")] };
  }
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY && !isWsl()) return { problem: "there is no display" };
  const file = (isWsl() ? ["wslview", "xdg-open"] : ["xdg-open"]).map(findOnPath).find((path) => path !== undefined);
  if (file === undefined) return { problem: "xdg-open is not installed" };
  return { file, args: (address) => [address] };
}

/** Does not wait for the browser. `onFailed` hears the reason where it could not be opened. */
export function openBrowser(address: string, onFailed: (reason: string) => void): void {
  const opener = findBrowserOpener();
  if ("problem" in opener) {
    onFailed(opener.problem);
    return;
  }
  const child = spawn(opener.file, [...opener.args(address)], {
    stdio: "ignore",
    detached: true,
    windowsVerbatimArguments: process.platform === "win32",
  });
  child.once("error", (error) => onFailed(error.message));
  child.once("exit", (code) => {
    if (code !== 0) onFailed(`${opener.file} found none`);
  });
  child.unref();
}

function isWsl(): boolean {
  return process.env.WSL_DISTRO_NAME !== undefined;
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
