/** The report, for the terminal and as a page. */
import { cpus, release, totalmem, type } from "node:os";
import { boundsText, type Row, spreadText, verdictOf } from "./row.ts";

export function rowText(row: Row): string {
  const bounds = boundsText(row);
  const verdict = verdictOf(row);
  const remark = row.remark === undefined ? "" : ` [${row.remark}]`;
  return `${row.what}, ${row.on}: ${spreadText(row)}${bounds === "" ? "" : `; ${bounds}: ${verdict}`}${remark}`;
}

export function reportPage(rows: readonly Row[], options: { date: Date; rounds: number; load: string }): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  const short = rows.filter((row) => verdictOf(row) === "falls short");
  return [
    "# Benchmarks",
    `Written by \`npm run bench\` on ${options.date.toISOString().slice(0, 10)}, on ${machineText()}; the load average was ${options.load}. Every figure is the median of ${options.rounds} ` +
      "rounds or more, with the quartiles in brackets; variants ran in separate processes, one after another, in an order that " +
      "turned from round to round. × is the ratio to the bare program of the same round.",
    short.length === 0
      ? "All demands hold."
      : `**${short.length} of ${rows.filter((row) => row.demand !== undefined).length} demands fall short:** ${short.map((row) => `${row.what} (${row.on})`).join("; ")}.`,
    ...sections.flatMap((section) => [`## ${section}`, table(rows.filter((row) => row.section === section))]),
  ]
    .join("\n\n")
    .concat("\n");
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const verdict = verdictOf(row);
    const cells = [row.what, row.on, spreadText(row), boundsText(row), verdict, row.remark ?? ""];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| what | on | measured | demanded | | |", "|---|---|---|---|---|---|", ...lines].join("\n");
}

export function machineText(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "an unknown processor";
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${processors.length} × ${model}, ${memory} GB, ${type()} ${release()}, Node ${process.versions.node}`;
}
