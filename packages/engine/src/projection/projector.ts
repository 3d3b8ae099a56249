/**
 * The pool of projection workers, seen from the event loop. All jobs of one probe go to one worker, which has its columns. A
 * worker that dies, or whose lens does not come to an end, is replaced; its jobs are refused.
 */
import { Worker } from "node:worker_threads";
import { createDeferred, type Deferred } from "@pyprobe/base";
import type { CaptureHome, CaptureSource } from "../capture/capture-source.ts";
import { workerFile, workerOptions } from "../worker-file.ts";
import type { Job, JobResult, ProjectionRequest } from "./projection-job.ts";

const WORKERS = 2;
const STUCK_AFTER_MS = 10_000;

/** `overwritten`: the capture left the log while it was being read. */
export type Projected =
  | { readonly kind: "packet"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "overwritten" };
export type Described = { readonly kind: "text"; readonly text: string } | { readonly kind: "overwritten" };

export class Projector {
  readonly #workers: ProjectionWorker[];

  constructor(options: { workers?: number } = {}) {
    this.#workers = Array.from({ length: options.workers ?? WORKERS }, () => new ProjectionWorker());
  }

  /** Somebody has opened a view: there will be something to project. */
  warmUp(): void {
    for (const worker of this.#workers) worker.warmUp();
  }

  async project(request: ProjectionRequest): Promise<Projected> {
    const result = await this.#workerFor(request.source).run((id) => ({ kind: "project", id, ...request }));
    if (result.kind === "packet" || result.kind === "overwritten") return result;
    throw new Error(`Cannot project a capture: the worker answered with ${result.kind}`);
  }

  /** The short text of a capture for the end of a line of source. */
  async describe(source: CaptureSource): Promise<Described> {
    const result = await this.#workerFor(source).run((id) => ({ kind: "describe", id, source }));
    if (result.kind === "text" || result.kind === "overwritten") return result;
    throw new Error(`Cannot describe a capture: the worker answered with ${result.kind}`);
  }

  /** What the workers hold of these captures is freed. */
  forget(home: CaptureHome): void {
    for (const worker of this.#workers) worker.forget(home);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.dispose()));
  }

  #workerFor(source: CaptureSource): ProjectionWorker {
    const number = source.kind === "log" ? source.track : source.probe;
    const worker = this.#workers[number % this.#workers.length];
    if (worker === undefined) throw new Error("Cannot project a capture: there are no workers");
    return worker;
  }
}

class ProjectionWorker {
  #worker: Worker | undefined;
  #nextId = 1;
  #isDisposed = false;
  #watchdog: NodeJS.Timeout | undefined;
  readonly #pending = new Map<number, Deferred<JobResult>>();

  /**
   * It is not started before somebody looks: an engine without a page has no use for its memory, and a page that is being painted has
   * better use for the processors.
   */
  warmUp(): void {
    if (!this.#isDisposed) this.#worker ??= this.#start();
  }

  run(makeJob: (id: number) => Job): Promise<JobResult> {
    if (this.#isDisposed) return Promise.reject(new Error("Cannot project a capture: the engine is closing"));
    this.#worker ??= this.#start();
    const id = this.#nextId;
    this.#nextId += 1;
    const deferred = createDeferred<JobResult>();
    this.#pending.set(id, deferred);
    this.#worker.postMessage(makeJob(id));
    if (this.#pending.size === 1) this.#watch();
    return deferred.promise;
  }

  forget(home: CaptureHome): void {
    const job: Job = { kind: "forget", home };
    this.#worker?.postMessage(job);
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#stop("the engine is closing");
  }

  #start(): Worker {
    const worker = new Worker(workerFile(import.meta.url, "./projector-worker.ts"), {
      name: "projector",
      ...workerOptions,
    });
    worker.unref();
    worker.on("message", (result: JobResult) => this.#settle(result));
    worker.on("error", (error) => this.#ended(worker, error.message));
    worker.on("exit", (code) => this.#ended(worker, `its worker ended with code ${code}`));
    return worker;
  }

  #settle(result: JobResult): void {
    const deferred = this.#pending.get(result.id);
    this.#pending.delete(result.id);
    if (result.kind === "failed") deferred?.reject(new Error(result.message));
    else deferred?.resolve(result);
    this.#watch();
  }

  /** Jobs are done in order, so that each answer gives the next one its time anew. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#pending.size === 0) return;
    this.#watchdog = setTimeout(
      () => void this.#stop(`it took longer than ${STUCK_AFTER_MS / 1000} s`),
      STUCK_AFTER_MS,
    );
    this.#watchdog.unref();
  }

  async #stop(reason: string): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#ended(worker, reason);
    await worker.terminate();
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    clearTimeout(this.#watchdog);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const deferred of pending) deferred.reject(new Error(`Cannot project a capture: ${reason}`));
  }
}
