/** A program under debugpy with one log point, over the Debug Adapter Protocol as an editor would do it. */
import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { programsFolder } from "../harness/program.ts";

export type LogPoint = { readonly line: number; readonly expression: string };

type DapMessage = {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly request_seq?: number;
  readonly body?: { readonly category?: string; readonly output?: string };
};

/** The time the program printed, and how many values came as output events. */
export async function runWithLogPoint(
  python: string,
  args: readonly string[],
  { line, expression }: LogPoint,
): Promise<{ ns: number; captures: number }> {
  const port = await freePort();
  const child = spawn(
    python,
    ["-Xfrozen_modules=off", "-m", "debugpy", "--listen", `127.0.0.1:${port}`, "--wait-for-client", ...args],
    {
      cwd: programsFolder,
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  // Not `close`: the adapter that it leaves behind holds its stdout until the client has gone.
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const client = new DapClient(await connectWithin(port, 20_000));
  const [script = ""] = args;
  await client.request("initialize", { adapterID: "bench", linesStartAt1: true, columnsStartAt1: true });
  // Answered only after `configurationDone`.
  const attached = client.request("attach", { justMyCode: true });
  await client.event("initialized");
  await client.request("setBreakpoints", {
    source: { path: join(programsFolder, script) },
    breakpoints: [{ line, logMessage: `{${expression}}` }],
  });
  await client.request("configurationDone", {});
  await attached;
  await Promise.all([ended, client.event("terminated")]);
  client.close();
  const result = printed.split("\n").findLast((text) => text.startsWith("{"));
  if (result === undefined) throw new Error("Cannot measure debugpy: the program printed no result");
  return { ns: JSON.parse(result).ns, captures: client.logged };
}

class DapClient {
  /** Values that came as output of the log point. */
  logged = 0;
  #seq = 0;
  #buffer = Buffer.alloc(0);
  readonly #socket: Socket;
  readonly #replies = new Map<number, () => void>();
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, () => void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#take(chunk));
  }

  request(command: string, args: unknown): Promise<void> {
    this.#seq += 1;
    const seq = this.#seq;
    const json = JSON.stringify({ seq, type: "request", command, arguments: args });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
    return new Promise((resolve) => this.#replies.set(seq, resolve));
  }

  event(name: string): Promise<void> {
    if (this.#seen.has(name)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      const size = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || this.#buffer.length < end + 4 + size) return;
      this.#handle(JSON.parse(this.#buffer.subarray(end + 4, end + 4 + size).toString()));
      this.#buffer = this.#buffer.subarray(end + 4 + size);
    }
  }

  #handle(message: DapMessage): void {
    if (message.type === "response") this.#replies.get(message.request_seq ?? 0)?.();
    if (message.type !== "event" || message.event === undefined) return;
    this.#seen.add(message.event);
    this.#waiting.get(message.event)?.();
    const { category, output = "" } = message.body ?? {};
    if (message.event === "output" && (category === "stdout" || category === "console"))
      this.logged += output.split("\n").filter((text) => /^-?\d/.test(text)).length;
  }
}

async function connectWithin(port: number, timeoutMs: number): Promise<Socket> {
  const due = Date.now() + timeoutMs;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return socket;
    if (Date.now() > due) throw new Error("Cannot measure debugpy: it did not listen in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
