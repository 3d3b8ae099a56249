/** The engine's HTTP server on 127.0.0.1: the page, raw samples, and the WebSocket at /ws. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Access, SOCKET_PROTOCOL } from "./access.ts";
import { sendText } from "./http-answers.ts";
import type { Hub } from "./hub.ts";
import { sendRawSamples } from "./raw-samples.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { StaticFiles } from "./static-files.ts";
import { serveWebSocket } from "./websocket-link.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;
export const SOCKET_PATH = "/ws";

export class CannotListenError extends Error {
  override readonly name = "CannotListenError";
}

export class WebServer {
  readonly #hub: Hub;
  readonly #access: Access;
  readonly #files: StaticFiles;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  #port = 0;

  constructor(hub: Hub, options: { pageDirectory: string; token?: string }) {
    this.#hub = hub;
    this.#access = new Access(options.token === undefined ? {} : { token: options.token });
    this.#files = new StaticFiles(options.pageDirectory);
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (protocols) => (protocols.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
    });
    this.#server = createServer(
      { requestTimeout: 30_000 },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    // A request that is not HTTP: Node has an answer of its own for it.
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  get port(): number {
    return this.#port;
  }

  /** Opens the page: the token in it is traded for a cookie at once. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#access.token}`;
  }

  get token(): string {
    return this.#access.token;
  }

  /** The open WebSockets. */
  get sockets(): ReadonlySet<WebSocket> {
    return this.#sockets.clients;
  }

  /** Port 0 takes any that is free. Throws a `CannotListenError`. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
      this.#server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#access.port = this.#port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.close(1001, "the engine is closing");
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const grace = setTimeout(() => this.#terminate(), 500);
    await closed;
    clearTimeout(grace);
  }

  #terminate(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answerOrThrow(request, response);
    } catch (error) {
      // A capture that cannot be decoded, a recording that is damaged: told to who asked, and the engine goes on.
      const message = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else sendText(response, 500, message);
    }
  }

  async #answerOrThrow(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, this.#port);
    const refusal = this.#access.refuseOrigin(request);
    if (refusal !== undefined) return sendText(response, refusal.status, refusal.message);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return sendText(response, 405, "Cannot answer: only GET and HEAD are understood");
    }
    const url = parseUrl(request.url);
    if (url === undefined) return sendText(response, 400, "Cannot answer: the address is not valid");
    const token = url.searchParams.get("token");
    if (token !== null && this.#access.isToken(token)) return this.#welcome(response, url);
    if (!this.#access.isAuthorized(request)) {
      return sendText(response, 401, "Cannot show this: open the whole address that pyprobe printed, with its token");
    }
    if (url.pathname.startsWith("/captures/")) return sendRawSamples(this.#hub, request, response, url);
    await this.#files.send(request, response, url.pathname);
  }

  /** The token becomes a cookie and leaves the address, the history and whatever is copied from them. */
  #welcome(response: ServerResponse, url: URL): void {
    this.#hub.expectPage();
    url.searchParams.delete("token");
    response.setHeader("Set-Cookie", this.#access.setCookie);
    response.setHeader("Location", `${url.pathname.replace(/^\/+/, "/")}${url.search}`);
    sendText(response, 303, "The page is at the address without the token");
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const refusal = this.#refuseUpgrade(request);
    if (refusal !== undefined) {
      const body = `${refusal.message}\n`;
      socket.end(
        `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => serveWebSocket(this.#hub, webSocket));
  }

  #refuseUpgrade(request: IncomingMessage): { status: number; message: string } | undefined {
    const refusal = this.#access.refuseOrigin(request);
    if (refusal !== undefined) return refusal;
    if (!this.#access.isAuthorized(request))
      return { status: 401, message: "Cannot connect: the token is missing or wrong" };
    if (parseUrl(request.url)?.pathname !== SOCKET_PATH)
      return { status: 404, message: `Cannot connect: the socket is at ${SOCKET_PATH}` };
    return undefined;
  }
}

function parseUrl(url: string | undefined): URL | undefined {
  // Not URL(url, base): `//evil` would be a host.
  return url?.startsWith("/") ? (URL.parse(`http://engine${url}`) ?? undefined) : undefined;
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new CannotListenError(
      `Cannot listen on port ${port}: another program uses it (choose another with --port, or 0 for any)`,
      { cause: error },
    );
  }
  const reason = error.code === "EACCES" ? "ports below 1024 are the administrator's" : error.message;
  return new CannotListenError(`Cannot listen on port ${port}: ${reason} (choose another with --port, or 0 for any)`, {
    cause: error,
  });
}
