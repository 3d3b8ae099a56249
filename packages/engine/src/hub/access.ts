/**
 * Who may talk to the engine over HTTP and WebSocket: whoever knows the token, from this machine, through an address that is
 * ours. The Host check keeps out pages of other sites whose name was rebound to 127.0.0.1; the Origin check keeps out their
 * scripts; the token keeps out other users of this machine.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Prefix of the WebSocket subprotocol by which programs that cannot set headers give the token. */
const TOKEN_PROTOCOL = "pyprobe.token.";
export const SOCKET_PROTOCOL = "pyprobe";

export type Refusal = { readonly status: 400 | 401 | 403; readonly message: string };

export class Access {
  readonly token: string;
  readonly #hash: Buffer;
  #port = 0;

  constructor(options: { token?: string } = {}) {
    this.token = options.token ?? randomBytes(32).toString("base64url");
    this.#hash = sha256(this.token);
  }

  /** Known once the server listens; before that nothing is allowed. */
  set port(port: number) {
    this.#port = port;
  }

  /** Cookies do not tell ports apart, and several engines may run. */
  get cookieName(): string {
    return `pyprobe_${this.#port}`;
  }

  get setCookie(): string {
    return `${this.cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Why this request is refused whatever token it carries. */
  refuseOrigin(request: IncomingMessage): Refusal | undefined {
    const hosts = this.#hosts();
    const { host, origin } = request.headers;
    if (host === undefined || !hosts.includes(host.toLowerCase())) {
      return {
        status: 403,
        message: "Cannot answer: the address is not one of this engine's (use the one that was printed)",
      };
    }
    if (origin !== undefined && !hosts.some((known) => origin.toLowerCase() === `http://${known}`)) {
      return { status: 403, message: "Cannot answer: the request comes from another site" };
    }
    const site = request.headers["sec-fetch-site"];
    const isNavigation = request.headers["sec-fetch-mode"] === "navigate";
    if ((site === "cross-site" || site === "same-site") && !isNavigation) {
      return { status: 403, message: "Cannot answer: the request comes from another site" };
    }
    return undefined;
  }

  /** Whether the request carries the token: as cookie, as bearer, or as WebSocket subprotocol. */
  isAuthorized(request: IncomingMessage): boolean {
    const { authorization, cookie } = request.headers;
    const protocols = splitList(request.headers["sec-websocket-protocol"], ",");
    const candidates = [
      ...splitList(cookie, ";")
        .filter((pair) => pair.startsWith(`${this.cookieName}=`))
        .map((pair) => pair.slice(this.cookieName.length + 1)),
      ...(authorization?.startsWith("Bearer ") ? [authorization.slice("Bearer ".length)] : []),
      ...protocols.filter((name) => name.startsWith(TOKEN_PROTOCOL)).map((name) => name.slice(TOKEN_PROTOCOL.length)),
    ];
    return candidates.some((candidate) => this.isToken(candidate));
  }

  /** In the same time whatever is given. */
  isToken(candidate: string): boolean {
    return timingSafeEqual(sha256(candidate), this.#hash);
  }

  #hosts(): string[] {
    return ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${this.#port}`);
  }
}

function splitList(value: string | undefined, separator: string): string[] {
  return value === undefined ? [] : value.split(separator).map((part) => part.trim());
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
