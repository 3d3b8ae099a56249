/** A projection worker: reads a capture where it lies, runs the lens on it, and gives back a view packet. No state but caches. */
import { parentPort } from "node:worker_threads";
import { type CapturedData, findLens, type Lens, type LensInput, lensesFor, type ScalarHistory } from "@pyprobe/lens";
import { encodeViewPacket, type ViewHead } from "@pyprobe/protocol";
import { captureRef, type Description, describe, outline } from "../capture/capture-json.ts";
import type { CaptureSource } from "../capture/capture-source.ts";
import { capturedData } from "../capture/captured-data.ts";
import { inlineText } from "../capture/inline-text.ts";
import { CaptureReader } from "./capture-reader.ts";
import { OverwrittenError } from "./log-captures.ts";
import type { Job, JobResult, ProjectionRequest } from "./projection-job.ts";

const MAX_DESCRIPTIONS = 32;

type Head = Omit<ViewHead, "columns">;

const port = parentPort;
if (port === null) throw new Error("Cannot project captures: this file runs as a worker only");

const reader = new CaptureReader();
/** Several views and the line ends in the code often show one capture: its elements are gone through once. */
const descriptions = new Map<string, Description>();
const noHistory: ScalarHistory = { tNs: new Float64Array(), re: new Float64Array(), im: undefined, earlier: 0 };

port.on("message", (job: Job) => {
  if (job.kind === "forget") {
    reader.forget(job.home);
    return;
  }
  const result = run(job);
  port.postMessage(result, result.kind === "packet" ? [result.bytes.buffer] : []);
});

function run(job: Exclude<Job, { kind: "forget" }>): JobResult {
  const { id } = job;
  try {
    if (job.kind === "project") return { kind: "packet", id, bytes: project(job) };
    const text = inlineText(descriptionOf(job.source, capturedData(reader.read(job.source).record)));
    return { kind: "text", id, text };
  } catch (error) {
    // What was read may have been nonsense because it was being written over.
    if (error instanceof OverwrittenError || !reader.isIntact(job.source)) return { kind: "overwritten", id };
    return { kind: "failed", id, message: messageOf(error) };
  }
}

function project(job: ProjectionRequest): Uint8Array<ArrayBuffer> {
  const { source, request } = job;
  const { record, origin } = reader.read(source);
  const capture = captureRef(record, origin);
  const data = searchable(source, capturedData(record));
  const outlined = outline(data);
  const lens = request.lens === "auto" ? lensesFor(outlined)[0]?.lens : findLens(request.lens);
  const value = lens?.needsStats ? descriptionOf(source, data).value : outlined;
  const head: Head = {
    view: job.view,
    probe: job.probe,
    lens: lens?.id ?? request.lens,
    capture,
    value,
    reduction: null,
    skipped: job.skipped,
    meta: {},
  };
  const packet =
    lens === undefined
      ? encodeViewPacket({ ...head, error: `Cannot show ${job.probe}: there is no lens "${request.lens}"` }, {})
      : throughLens(lens, head, { job, capture, data });
  if (!reader.isIntact(source)) throw new OverwrittenError();
  return packet;
}

function searchable(source: CaptureSource, data: CapturedData): CapturedData {
  return data.kind === "array" ? { ...data, findExtremes: reader.finder(source, data.elements) } : data;
}

/** A lens that throws is told about in its own view; nothing else suffers. */
function throughLens(
  lens: Lens,
  head: Head,
  { job, capture, data }: { job: ProjectionRequest } & Pick<LensInput, "capture" | "data">,
): Uint8Array<ArrayBuffer> {
  const history = lens.needsHistory ? reader.history(job.source) : noHistory;
  try {
    const { columns, meta, reduction } = lens.project({ capture, data, history }, job.request);
    return encodeViewPacket({ ...head, meta, reduction }, columns);
  } catch (error) {
    return encodeViewPacket(
      { ...head, error: `Cannot show ${job.probe} with the lens ${lens.title}: ${messageOf(error)}` },
      {},
    );
  }
}

function descriptionOf(source: CaptureSource, data: CapturedData): Description {
  const key = reader.keyOf(source);
  let description = descriptions.get(key);
  if (description === undefined) {
    description = describe(data);
    if (!reader.isIntact(source)) throw new OverwrittenError();
    descriptions.set(key, description);
    for (const oldest of descriptions.keys()) {
      if (descriptions.size <= MAX_DESCRIPTIONS) break;
      descriptions.delete(oldest);
    }
  }
  return description;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
