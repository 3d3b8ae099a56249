/** The report, for the terminal and as a page. */
import { cpus, release, totalmem, type } from "node:os";
import { boundsText, type Row, spreadText, verdictOf } from "./row.ts";

export function rowText(row: Row): string {
  const bounds = boundsText(row);
  const verdict = verdictOf(row);
  const remark = row.remark === undefined ? "" : ` [${row.remark}]`;
  return `${row.what}, ${row.on}: ${spreadText(row)}${bounds === "" ? "" : `; ${bounds}: ${verdict}`}${remark}`;
}

/** What one section gave: when, in how many rounds, and how busy the machine was. */
export type MeasuredSection = {
  readonly title: string;
  readonly date: string;
  readonly rounds: number;
  readonly load: string;
  readonly rows: readonly Row[];
};

export function reportPage(sections: readonly MeasuredSection[]): string {
  const rows = sections.flatMap((section) => section.rows);
  const short = rows.filter((row) => verdictOf(row) === "falls short");
  return [
    "# Benchmarks",
    `Written by \`npm run bench\`, on ${machineText()}. Every figure is a median, with the quartiles in brackets; variants ran in separate ` +
      "processes, one after another, in an order that turned from round to round. × is the ratio to the bare program of the same round. Where the load average is above the number of processors, other work was on the " +
      "machine: times by the clock are then too long, processor times hold.",
    short.length === 0
      ? "All demands hold."
      : `**${short.length} of ${rows.filter((row) => row.demand !== undefined).length} demands fall short:** ${short.map((row) => `${row.what} (${row.on})`).join("; ")}.`,
    ...sections.flatMap(({ title, date, rounds, load, rows: found }) => [
      `## ${title}`,
      `${date}, ${rounds} rounds, load average ${load}.`,
      table(found),
    ]),
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
