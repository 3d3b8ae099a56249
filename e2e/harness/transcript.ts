/**
 * A run as text that a person can read and compare. What differs from run to run (times, pids, threads, folders) is left out; what has no
 * order between its parts (output and captures travel on two ways) stands in sections.
 */
import { basename } from "node:path";
import type { CaptureValue } from "@pyprobe/protocol";
import type { JsonLine } from "../../packages/cli/src/json-lines.ts";
import { type JsonResult, linesOf } from "./cli.ts";

export function transcriptOf({ lines, code, stderr }: JsonResult): string {
  const sections = [
    section("probes", probesOf(lines)),
    section("captures", capturesOf(lines)),
    section("stdout", textOf(lines, "stdout")),
    section("stderr", withoutPython(textOf(lines, "stderr")).map(withoutFolders)),
    section(
      "exceptions",
      linesOf(lines, "exception").map(
        ({ type, message, file, line }) => `${type}: ${message} at ${file === null ? "?" : basename(file)}:${line}`,
      ),
    ),
    section("end", linesOf(lines, "end").map(endText)),
    section("exit code", [String(code)]),
    section("the command's stderr", stderr === "" ? [] : stderr.trimEnd().split("\n").map(withoutFolders)),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** The last word on each probe: how many steps it took there is a matter of timing. */
function probesOf(lines: readonly JsonLine[]): string[] {
  const last = new Map(linesOf(lines, "probe").map((line) => [line.id, line]));
  return [...last.values()].map(({ id, state, anchor, code, message }) => {
    const where = `${anchor.symbol} at ${basename(anchor.file)}:${anchor.line}:${anchor.column}`;
    const inside = anchor.function === "" ? "the module" : anchor.function;
    const why = code === null ? "" : ` (${code}: ${withoutFolders(message ?? "")})`;
    return `${id} ${state}: ${where}, ${anchor.context} in ${inside}${why}`;
  });
}

/** Process by process: which of several writes first is chance. */
function capturesOf(lines: readonly JsonLine[]): string[] {
  const byPid = Map.groupBy(linesOf(lines, "capture"), ({ tags }) => tags.pid);
  const texts = [...byPid.values()].map((captures) => captures.map(captureText).join("\n"));
  return texts
    .sort()
    .join("\n(another process)\n")
    .split("\n")
    .filter((line) => line !== "");
}

function captureText({ probe, seq, tags, value }: Extract<JsonLine, { event: "capture" }>): string {
  const task = tags.task === null ? "" : ` task ${tags.task}`;
  return `${seq} ${probe} call ${tags.call} hit ${tags.hit} depth ${tags.depth}${task}: ${valueText(value)}`;
}

function textOf(lines: readonly JsonLine[], stream: "stdout" | "stderr"): string[] {
  const text = linesOf(lines, "output")
    .filter((line) => line.stream === stream)
    .map((line) => line.text)
    .join("");
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function endText({ exit_code, signal, captures, skipped, lost }: Extract<JsonLine, { event: "end" }>): string {
  const probes = Object.entries(captures).map(
    ([probe, count]) => `${probe} ${count} captured, ${lost[probe]} lost, skipped ${JSON.stringify(skipped[probe])}`,
  );
  return [`code ${exit_code}, signal ${signal}`, ...probes].join("; ");
}

export function valueText(value: CaptureValue): string {
  switch (value.kind) {
    case "scalar":
      return `${value.type} ${JSON.stringify(value.value)}`;
    case "none":
      return "None";
    case "text":
      return `text ${JSON.stringify(value.value)} of ${value.length}`;
    case "array": {
      const { library, dtype, shape, stats, head } = value;
      return `${library} ${dtype} [${shape.join(", ")}] ${JSON.stringify(head)} min ${stats?.min} max ${stats?.max} nan ${stats?.nan}`;
    }
    case "tree": {
      const items = value.items.map(({ key, value: item }) => `${key}: ${valueText(item)}`);
      return `${value.type} {${items.join(", ")}${value.truncated ? ", …" : ""}}`;
    }
  }
}

/** Each Python marks the place in a line differently, and has its own library's frames in a traceback. */
export function withoutPython(lines: readonly string[]): string[] {
  const isOfLibrary = (line: string) => /^ {2}File ".*[\\/]lib[\\/]python3/.test(line);
  return lines.filter(
    (line, i) =>
      !/^ +[~^]+$/.test(line) && !isOfLibrary(line) && !(line.startsWith("    ") && isOfLibrary(frameOf(lines, i))),
  );
}

/** The line that names the file, above a line of its source. */
function frameOf(lines: readonly string[], index: number): string {
  return lines.slice(0, index).findLast((line) => line.startsWith("  File ")) ?? "";
}

/** Paths differ from machine to machine; the file's name is what is meant. */
export function withoutFolders(text: string): string {
  return text.replace(/(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+)+[\\/]/g, "…/");
}
