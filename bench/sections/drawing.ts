/** From the store in the program to the drawn pixels in a real Chromium: arrays of a million float64 at 60 Hz, one and eight. */
import { serveProgram, startBrowser, type TestBrowser } from "../../e2e/harness/browser.ts";
import { copyAndRead } from "../harness/bare-copy.ts";
import { probeAt, programsFolder } from "../harness/program.ts";
import type { Row } from "../harness/row.ts";
import { type BenchContext, type BenchPython, oneOfEachKind, type Section } from "../harness/section.ts";
import { quantile, spreadOf } from "../harness/statistics.ts";

const RATE_HZ = 60;
const SECONDS = 12;
/** After the first picture: for opening panels and warming up. */
const WARM_UP_MS = 1_500;
/** Fewer pictures of a probe than this tell nothing. */
const FEWEST_DRAWN = 10;
const COPIED_ARRAYS = 600;

/** One packet that the page drew: of which probe (1, 2, …), in which call of the program's function the store was, and when. */
type Drawn = { readonly probe: number; readonly call: number; readonly atMs: number };

export const drawing: Section = {
  id: "draw",
  title: `Arrays of a million float64 (8 MB) at ${RATE_HZ} Hz, in mode every, from the store to the drawn picture`,
  async *measure(context) {
    const python = oneOfEachKind(context.pythons).at(-1);
    if (python === undefined || !python.hasNumpy) {
      context.say("Drawing is not measured: there is no Python with numpy");
      return;
    }
    const browser = await startBrowser();
    try {
      yield* measureNames(1, { python, browser, context });
      yield* measureNames(8, { python, browser, context });
      yield await measureCeiling(python, context);
    } finally {
      await browser.close();
    }
  },
};

type Means = { readonly python: BenchPython; readonly browser: TestBrowser; readonly context: BenchContext };

async function* measureNames(names: number, { python, browser, context }: Means): AsyncGenerator<Row> {
  const p50: number[] = [];
  const p95: number[] = [];
  const slowestHz: number[] = [];
  const madeHz: number[] = [];
  for (let round = 0; round < Math.min(context.rounds, 5); round += 1) {
    const { drawn, times } = await drawOnce(names, { python, browser, context });
    const latencies = latenciesOf(drawn, times, names).sort((a, b) => a - b);
    p50.push(quantile(latencies, 0.5));
    p95.push(quantile(latencies, 0.95));
    const rates = [...Map.groupBy(drawn, ({ probe }) => probe).values()].map(rateOf);
    slowestHz.push(rates.length < names ? 0 : Math.min(...rates));
    madeHz.push(times.length / names / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1e9));
  }
  const row = { section: drawing.title, on: `Python ${python.version}, headless Chromium without a GPU` };
  const what = names === 1 ? "one probe" : `${names} probes`;
  const latency = names === 1;
  yield { ...row, what: `${what}: store to drawn, median`, unit: "ms", spread: spreadOf(p50) };
  yield {
    ...row,
    what: `${what}: store to drawn, 95 of 100`,
    unit: "ms",
    spread: spreadOf(p95),
    ...(latency ? { demand: { direction: "at_most" as const, must: 33, aim: 17 } } : {}),
  };
  yield {
    ...row,
    what: names === 1 ? "one probe: drawn" : `${what}: drawn, the slowest of them`,
    unit: "Hz",
    spread: spreadOf(slowestHz),
    ...(latency ? {} : { demand: { direction: "at_least" as const, must: 45, aim: 60 } }),
    remark: `the program made ${spreadOf(madeHz).median.toFixed(1)} a second`,
  };
}

/** What is left for the pictures when the bytes of eight such arrays have been copied and read. */
async function measureCeiling(python: BenchPython, { rounds }: BenchContext): Promise<Row> {
  const roundsPerS: number[] = [];
  for (let round = 0; round < Math.min(rounds, 5); round += 1)
    roundsPerS.push((await copyAndRead(python.executable, COPIED_ARRAYS)) / 8);
  return {
    section: drawing.title,
    what: "the same bytes as of 8 probes, copied and read, nothing else",
    on: `Python ${python.version}`,
    unit: "Hz",
    spread: spreadOf(roundsPerS),
    remark: "both processors at work",
  };
}

async function drawOnce(
  names: number,
  { python, browser, context }: Means,
): Promise<{ drawn: Drawn[]; times: number[] }> {
  const symbols = names === 1 ? ["frame"] : Array.from({ length: names }, (_, i) => `f${i}`);
  const probes = symbols.map((symbol) => `--probe=${probeAt("frames.py", `${symbol} =`, symbol).probe}`);
  const count = String(RATE_HZ * SECONDS);
  const args = ["--mode", "every", ...probes, "frames.py", count, String(RATE_HZ), String(names)];
  const program = await serveProgram(["--python", python.executable, ...args], { cwd: programsFolder });
  const stop = () => program.child.kill("SIGINT");
  context.signal.addEventListener("abort", stop);
  try {
    const page = await browser.context.newPage();
    await page.addInitScript(noteWhatIsDrawn);
    await page.goto(program.address);
    const [, json = "{}"] = await program.waitFor(/^(\{"times".*\})$/m);
    const { times }: { times: number[] } = JSON.parse(json);
    const drawn: Drawn[] = await page.evaluate(() => (globalThis as unknown as { drawnPackets: Drawn[] }).drawnPackets);
    await page.close();
    const from = Math.min(...drawn.map(({ atMs }) => atMs)) + WARM_UP_MS;
    const until = (times.at(-1) ?? 0) / 1e6;
    const counted = drawn.filter(({ atMs }) => atMs >= from && atMs <= until);
    if (counted.length < names * FEWEST_DRAWN)
      throw new Error(`Cannot measure drawing: ${counted.length} pictures were drawn while the program ran`);
    return { drawn: counted, times };
  } finally {
    context.signal.removeEventListener("abort", stop);
    stop();
    await program.ended;
  }
}

/**
 * Runs in the page before its own code. Notes which capture each packet of a view shows, and the moment at which the page tells
 * the engine that it is drawn: `view.ack_all` counts the packets of each view, and is sent when the drawing code is through.
 */
function noteWhatIsDrawn(): void {
  const drawn: { probe: number; call: number; atMs: number }[] = [];
  Object.assign(globalThis, { drawnPackets: drawn });
  const received = new Map<number, { probe: number; call: number }[]>();
  const Original = WebSocket;
  const send = Original.prototype.send;
  const take = (data: unknown) => {
    if (!(data instanceof ArrayBuffer)) return;
    const length = new DataView(data).getUint32(4, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length)));
    const packets = received.get(head.view) ?? [];
    packets.push({ probe: Number(head.probe.slice(1)), call: head.capture?.tags.call ?? 0 });
    received.set(head.view, packets);
  };
  const watched = new WeakSet<WebSocket>();
  Original.prototype.send = function (this: WebSocket, data) {
    if (!watched.has(this)) {
      watched.add(this);
      this.addEventListener("message", ({ data: bytes }) => take(bytes));
    }
    if (typeof data === "string" && data.includes('"view.ack_all"')) {
      const atMs = performance.timeOrigin + performance.now();
      for (const acknowledged of JSON.parse(data).params.views) {
        const packet = received.get(acknowledged.view)?.[acknowledged.drawn - 1];
        if (packet !== undefined && packet.call > 0) drawn.push({ ...packet, atMs });
      }
    }
    send.call(this, data);
  };
}

/** The program notes the time of each store: of all names in the first call, of all names in the second, … */
function latenciesOf(drawn: readonly Drawn[], times: readonly number[], names: number): number[] {
  const storedAt = ({ probe, call }: Drawn) => (times[(call - 1) * names + probe - 1] ?? Number.NaN) / 1e6;
  return drawn.map((packet) => packet.atMs - storedAt(packet)).filter(Number.isFinite);
}

function rateOf(drawn: readonly Drawn[]): number {
  const [first] = drawn;
  const last = drawn.at(-1);
  if (first === undefined || last === undefined || drawn.length < 2) return 0;
  return (drawn.length - 1) / ((last.atMs - first.atMs) / 1000);
}
