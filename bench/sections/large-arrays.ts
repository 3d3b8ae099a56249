/** A hundred arrays of a million float64, back to back, through the engine into its log and a view. */
import { join } from "node:path";
import { startEngine } from "@pyprobe/engine";
import {
  type ApiEvent,
  decodeViewPacket,
  line1Schema,
  type ProbeCounters,
  type ProbeId,
  type ViewRequest,
} from "@pyprobe/protocol";
import { probeAt, programsFolder } from "../harness/program.ts";
import type { Row } from "../harness/row.ts";
import { type BenchContext, type BenchPython, oneOfEachKind, type Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

const ARRAYS = 100;
const { line: LINE } = probeAt("frames.py", "frame =", "frame");
const ARRIVAL_TIMEOUT_MS = 20_000;

const request: ViewRequest = {
  lens: "waveform",
  widthDevicePx: 1200,
  heightDevicePx: 500,
  xRange: null,
  yRange: null,
  at: "live",
  options: {},
};

type Printed = { readonly times: readonly number[]; readonly ended: number };
type Measured = {
  readonly framesPerS: number;
  readonly bareFramesPerS: number;
  readonly counters: ProbeCounters;
  /** From the last store until a view of it was there. */
  readonly lastInViewMs: number;
};

export const largeArrays: Section = {
  id: "arrays",
  title: `${ARRAYS} arrays of a million float64 (8 MB), back to back, in mode every`,
  async *measure(context) {
    for (const python of oneOfEachKind(context.pythons)) {
      if (python.hasNumpy) yield* measureOn(python, context);
      else context.say(`Large arrays are not measured on Python ${python.version}: it has no numpy`);
    }
  },
};

async function* measureOn(python: BenchPython, { rounds }: BenchContext): AsyncGenerator<Row> {
  const results: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await measureOnce(python));
  const row = { section: largeArrays.title, on: `Python ${python.version}` };
  const uncounted = results.map(({ counters }) => ARRAYS - counters.captures - counters.lost - skippedIn(counters));
  yield {
    ...row,
    what: "collected",
    unit: "1/s",
    spread: spreadOf(results.map(({ framesPerS }) => framesPerS)),
    demand: { direction: "at_least", must: 100 },
    remark: `${results.map(({ counters }) => counters.captures).join(", ")} of ${ARRAYS} captured in the rounds`,
  };
  yield {
    ...row,
    what: "losses that no counter tells",
    unit: "",
    spread: spreadOf(uncounted),
    demand: { direction: "at_most", must: 0 },
  };
  yield {
    ...row,
    what: "the last one in a view, after it was stored",
    unit: "ms",
    spread: spreadOf(results.map(({ lastInViewMs }) => lastInViewMs)),
  };
}

async function measureOnce(python: BenchPython): Promise<Measured> {
  const engine = await startEngine();
  try {
    const arrivals = new Map<number, number>();
    const watch = new Watch(arrivals);
    const link = engine.connect({
      onEvent: (event) => watch.event(event),
      onPacket: (packet) => watch.packet(packet, (view, drawn) => void link.call("view.ack", { view, drawn })),
    });
    const session = (
      await link.call("session.launch", {
        program: { kind: "script", path: join(programsFolder, "frames.py") },
        args: [String(ARRAYS), "0", "1"],
        cwd: programsFolder,
        python: python.executable,
        probes: [
          {
            query: { file: join(programsFolder, "frames.py"), line: line1Schema.parse(LINE), symbol: "frame" },
            mode: { kind: "every" },
          },
        ],
        hold: true,
      })
    ).id;
    await link.call("session.subscribe", { session });
    await link.call("view.open", { session, probe: await watch.probed(), request });
    await link.call("session.begin", { session });
    const printed = await watch.ended();
    await watch.arrived(ARRAYS);
    const { counters } = await link.call("session.subscribe", { session });
    return measuredOf(printed, counters, arrivals);
  } finally {
    await engine.close();
  }
}

function measuredOf(printed: Printed, counters: readonly ProbeCounters[], arrivals: Map<number, number>): Measured {
  const [counter] = counters;
  const [first = 0] = printed.times;
  const last = printed.times.at(-1) ?? 0;
  const seen = (arrivals.get(ARRAYS) ?? Number.NaN) * 1e6;
  if (counter === undefined) throw new Error("Cannot measure: the probe has no counters");
  return {
    // Until the last one was not only in the log but in a view.
    framesPerS: ARRAYS / ((Math.max(seen, printed.ended) - first) / 1e9),
    bareFramesPerS: ARRAYS / ((printed.ended - first) / 1e9),
    counters: counter,
    lastInViewMs: (seen - last) / 1e6,
  };
}

/** What the engine tells while a program runs: its output, its end, and which captures came into the view. */
class Watch {
  readonly #arrivals: Map<number, number>;
  readonly #drawn = new Map<number, number>();
  readonly #ended = Promise.withResolvers<Printed>();
  readonly #probed = Promise.withResolvers<ProbeId>();
  #output = "";
  #awaited: { seq: number; resolve: () => void } | undefined;

  constructor(arrivals: Map<number, number>) {
    this.#arrivals = arrivals;
  }

  event(event: ApiEvent): void {
    if (event.method === "session.output")
      for (const { stream, text } of event.params.output) if (stream === "stdout") this.#output += text;
    if (event.method === "probe.changed") this.#probed.resolve(event.params.probe.id);
    if (event.method !== "session.changed") return;
    const { state } = event.params.info;
    if (state.kind === "failed") this.#ended.reject(new Error(state.message));
    if (state.kind === "ended") this.#ended.resolve(JSON.parse(this.#output));
  }

  packet(bytes: Uint8Array<ArrayBuffer>, acknowledge: (view: number, drawn: number) => void): void {
    const { head } = decodeViewPacket(bytes.slice().buffer);
    if (head.error !== undefined) throw new Error(head.error);
    if (head.capture !== null) this.#arrivals.set(head.capture.seq, performance.timeOrigin + performance.now());
    const drawn = (this.#drawn.get(head.view) ?? 0) + 1;
    this.#drawn.set(head.view, drawn);
    acknowledge(head.view, drawn);
    if (this.#awaited !== undefined && this.#arrivals.has(this.#awaited.seq)) this.#awaited.resolve();
  }

  /** The engine resolves the query while the interpreter starts. */
  probed(): Promise<ProbeId> {
    return this.#probed.promise;
  }

  ended(): Promise<Printed> {
    return this.#ended.promise;
  }

  arrived(seq: number): Promise<void> {
    if (this.#arrivals.has(seq)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#awaited = { seq, resolve };
      setTimeout(
        () => reject(new Error(`Cannot measure: array ${seq} did not come into the view`)),
        ARRIVAL_TIMEOUT_MS,
      ).unref();
    });
  }
}

function skippedIn({ skipped }: ProbeCounters): number {
  return Object.values(skipped).reduce((sum, count) => sum + count, 0);
}
