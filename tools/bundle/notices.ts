/** The licences of the packages that are bundled, as their authors ask for: name, version, licence and its text. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

type Notice = { readonly name: string; readonly version: string; readonly license: string; readonly text: string };

/** `modules` are paths of files; those of our own packages are left out. Throws when a package has no licence. */
export function noticesFor(modules: readonly string[]): string {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  const notices = [...folders].map(readNotice).sort((a, b) => a.name.localeCompare(b.name));
  const parts = notices.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`,
  );
  return `PyProbe contains the following packages.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

function packageFolder(path: string): string | undefined {
  const clean = path.replace(/^\0/, "").replace(/\?.*$/, "");
  const marker = `${sep}node_modules${sep}`;
  const at = clean.lastIndexOf(marker);
  if (at < 0) return undefined;
  const parts = clean.slice(at + marker.length).split(sep);
  return clean.slice(0, at + marker.length) + parts.slice(0, parts[0]?.startsWith("@") ? 2 : 1).join(sep);
}

function readNotice(folder: string): Notice {
  const { name, version, license }: Omit<Notice, "text"> = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (license === undefined) throw new Error(`Cannot bundle ${name}: it does not say its licence (${dirname(folder)})`);
  const text =
    file !== undefined && existsSync(join(folder, file))
      ? readFileSync(join(folder, file), "utf8")
      : `Licence: ${license}`;
  return { name, version, license, text };
}
