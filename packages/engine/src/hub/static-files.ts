/** The built page: the files of one folder, and nothing above it. */
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { sendText } from "./http-answers.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

export class StaticFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async send(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = await this.#find(path);
    if (file === undefined) {
      const isPage = path === "/" || path === "/index.html";
      sendText(
        response,
        404,
        isPage ? `Cannot show the page: it is not built (run npm run build)` : "Cannot find this file",
      );
      return;
    }
    // Names of built assets carry a hash of what is in them.
    const isImmutable = path.startsWith("/assets/");
    response.setHeader("Cache-Control", isImmutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.setHeader("Content-Type", contentTypes[extname(file.path)] ?? "application/octet-stream");
    response.setHeader("Content-Length", file.size);
    response.writeHead(200);
    if (request.method === "HEAD") response.end();
    // Fails when the client goes away half-way.
    else await pipeline(createReadStream(file.path), response).catch(() => response.destroy());
  }

  async #find(path: string): Promise<{ path: string; size: number } | undefined> {
    const parts = namesOf(path === "/" ? "/index.html" : path);
    if (parts === undefined) return undefined;
    try {
      const root = await realpath(this.#directory);
      const found = await realpath(join(root, ...parts));
      // A link inside of the folder may point out of it.
      if (!found.startsWith(root + sep)) return undefined;
      const { size } = await stat(found).then((stats) => (stats.isFile() ? stats : { size: -1 }));
      return size < 0 ? undefined : { path: found, size };
    } catch {
      return undefined;
    }
  }
}

/** The names a path consists of; undefined when one of them could mean anything but a name. */
function namesOf(path: string): string[] | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const names = decoded.split("/").slice(1);
  const isName = (name: string) => name !== "" && !name.startsWith(".") && !/[\\:\0]/.test(name);
  return names.every(isName) ? names : undefined;
}
