/**
 * Where agents connect: one server for each engine. A Unix socket in a private directory, or a named pipe on Windows; TCP on
 * the loopback where neither can be had. Whoever expects agents asks for an `Invitation`; its token decides who is meant.
 */
import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Dispose } from "@pyprobe/base";
import type { Hello } from "@pyprobe/protocol";
import { judgeHello, type Refusal, TokenTable } from "./handshake.ts";
import { Link } from "./link.ts";
import type { RuntimeDirectory } from "./runtime-directory.ts";

const HELLO_TIMEOUT_MS = 10_000;
const MAX_STRANGERS = 256;

/** `unix:/path/agent.sock`, `pipe:\\.\pipe\name` or `tcp:127.0.0.1:1234`: what agents get as `--connect`. */
export type AgentAddress = string;

/** Takes over a link whose agent has been let in. Nothing has been answered yet: it sends `welcome`. */
export type AgentListener = {
  agentJoined(link: Link, hello: Hello): void;
  agentRefused(refusal: Refusal): void;
};

export type Invitation = { readonly address: AgentAddress; readonly token: string; readonly revoke: Dispose };

export type LinkServerOptions = {
  readonly runtime: RuntimeDirectory;
  readonly transport?: "local" | "tcp";
  readonly helloTimeoutMs?: number;
};

export class LinkServer {
  readonly #options: Required<LinkServerOptions>;
  readonly #server: Server;
  readonly #listeners = new TokenTable<AgentListener>();
  readonly #links = new Set<Link>();
  readonly #strangers = new Set<Link>();
  #address: AgentAddress | undefined;
  #isClosing = false;

  constructor(options: LinkServerOptions) {
    this.#options = { transport: "local", helloTimeoutMs: HELLO_TIMEOUT_MS, ...options };
    this.#server = createServer((socket) => this.#connected(socket));
  }

  async listen(): Promise<AgentAddress> {
    if (this.#options.transport === "tcp") return this.#listenTcp();
    try {
      this.#address = await this.#listenLocal();
    } catch {
      // No private socket (a file system without them, a path that is too long): the token guards the loopback as well.
      this.#address = await this.#listenTcp();
    }
    return this.#address;
  }

  /** Agents that show the token are given to `listener` until the invitation is revoked. */
  invite(listener: AgentListener): Invitation {
    if (this.#address === undefined) throw new Error("Cannot invite agents: the link server does not listen yet");
    const token = randomBytes(32).toString("hex");
    return { address: this.#address, token, revoke: this.#listeners.add(token, listener) };
  }

  /** Connections that are open, for tests that assert that nothing is left. */
  get linkCount(): number {
    return this.#links.size;
  }

  async dispose(): Promise<void> {
    this.#isClosing = true;
    for (const link of this.#links) link.close("Cannot go on: the engine is closing");
    await new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
  }

  async #listenLocal(): Promise<AgentAddress> {
    if (process.platform === "win32") {
      const path = `\\\\.\\pipe\\pyprobe-${process.pid}-${randomBytes(8).toString("hex")}`;
      await this.#listenOn({ path });
      return `pipe:${path}`;
    }
    const path = join(await this.#options.runtime.make(), "agent.sock");
    await this.#listenOn({ path });
    return `unix:${path}`;
  }

  async #listenTcp(): Promise<AgentAddress> {
    await this.#listenOn({ host: "127.0.0.1", port: 0 });
    const bound = this.#server.address();
    if (bound === null || typeof bound === "string") throw new Error("Cannot listen for agents: no port was given");
    this.#address = `tcp:127.0.0.1:${bound.port}`;
    return this.#address;
  }

  #listenOn(where: { path: string } | { host: string; port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(where, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  #connected(socket: Socket): void {
    socket.setNoDelay(true);
    const isLocal = socket.remoteAddress === undefined;
    const link = new Link(socket, { isLocal });
    this.#links.add(link);
    this.#strangers.add(link);
    const timer = setTimeout(
      () => link.close("Cannot greet peer: it said nothing in time"),
      this.#options.helloTimeoutMs,
    );
    timer.unref();
    const dispose = link.events.on("stranger", (message) => {
      dispose();
      clearTimeout(timer);
      this.#strangers.delete(link);
      this.#greet(link, message);
    });
    link.events.on("closed", () => {
      clearTimeout(timer);
      this.#links.delete(link);
      this.#strangers.delete(link);
    });
    // Those who connect and say nothing must not use up the engine's sockets.
    const [oldest] = this.#strangers;
    if (this.#strangers.size > MAX_STRANGERS) oldest?.close("Cannot greet peer: too many wait");
  }

  #greet(link: Link, message: unknown): void {
    const verdict = judgeHello(message, (token) => this.#listeners.find(token));
    if (this.#isClosing) {
      link.send({ type: "refused", code: "engine_closing", message: "Cannot accept agent: the engine is closing" });
      link.close();
      return;
    }
    switch (verdict.kind) {
      case "stranger":
        link.close(verdict.reason);
        return;
      case "refused": {
        link.send({ type: "refused", ...verdict.refusal });
        link.close();
        const listener = this.#listeners.find(tokenOf(message));
        if (listener !== undefined && listener !== "gone") listener.agentRefused(verdict.refusal);
        return;
      }
      case "accepted":
        link.trust();
        verdict.guest.agentJoined(link, verdict.hello);
    }
  }
}

function tokenOf(message: unknown): string {
  return typeof message === "object" && message !== null && "token" in message ? String(message.token) : "";
}
