/** From the command to the first paint of the page, and to the code with its names, in a browser that runs already. */
import { type ServedProgram, serveProgram, startBrowser } from "../../e2e/harness/browser.ts";
import { programsFolder } from "../harness/program.ts";
import { oneOfEachKind, type Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

const SCRIPT = "../../examples/qpsk_receiver.py";

export const firstPaint: Section = {
  id: "paint",
  title: "From the command to the page",
  async *measure({ pythons, rounds }) {
    const python = oneOfEachKind(pythons).at(-1);
    if (python === undefined) return;
    const browser = await startBrowser();
    const painted: number[] = [];
    const readable: number[] = [];
    try {
      for (let round = -1; round < rounds; round += 1) {
        const began = now();
        const program: ServedProgram = await serveProgram(["--python", python.executable, SCRIPT], {
          cwd: programsFolder,
        });
        const page = await browser.context.newPage();
        try {
          await page.goto(program.address, { waitUntil: "commit" });
          // Whichever part of the file the page shows first.
          await page.locator(".cm-line", { hasText: "def " }).first().waitFor({ timeout: 60_000 });
          const code = now();
          const paint = await page.evaluate(
            () =>
              performance.timeOrigin +
              (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN),
          );
          if (round < 0) continue;
          painted.push(paint - began);
          readable.push(code - began);
        } finally {
          await page.close();
          program.child.kill("SIGINT");
          await program.ended;
        }
      }
    } finally {
      await browser.close();
    }
    const row = { section: firstPaint.title, on: `Python ${python.version}, headless Chromium`, unit: "s" as const };
    const seconds = (values: readonly number[]) => spreadOf(values.map((ms) => ms / 1000));
    yield {
      ...row,
      what: "first paint",
      spread: seconds(painted),
      demand: { direction: "at_most", must: 1.5, aim: 0.7 },
    };
    yield { ...row, what: "the program's code is there to read", spread: seconds(readable) };
  },
};

function now(): number {
  return performance.timeOrigin + performance.now();
}
