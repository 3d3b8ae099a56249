/** `GET /captures/<session>/<probe>/<pid>/<seq>`: the elements of an array capture, as they are or as a `.npy` file. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ProbeId, probeIdSchema, sessionIdSchema } from "@pyprobe/protocol";
import { capturedData } from "../capture/captured-data.ts";
import type { Captures } from "../capture/captures.ts";
import { parseRange, sendText } from "./http-answers.ts";
import type { Hub } from "./hub.ts";
import { npyHeader } from "./npy.ts";

export function sendRawSamples(hub: Hub, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const [, , session, probe, pid, seq, ...rest] = url.pathname.split("/");
  const sessionId = sessionIdSchema.safeParse(session);
  const probeId = probeIdSchema.safeParse(probe);
  const isCount = (text: string | undefined) => text !== undefined && /^\d{1,15}$/.test(text);
  if (!sessionId.success || !probeId.success || !isCount(pid) || !isCount(seq) || rest.length > 0) {
    sendText(response, 404, "Cannot find samples: the address is /captures/<session>/<probe>/<pid>/<seq>");
    return;
  }
  if (hub.parts.sessions.find(sessionId.data) === undefined) {
    sendText(response, 404, `Cannot find samples: there is no session ${sessionId.data}`);
    return;
  }
  const { captures } = hub.feed(sessionId.data);
  const bytes = findSamples(captures, { probe: probeId.data, pid: Number(pid), seq: Number(seq) }, url);
  if (typeof bytes === "string") sendText(response, 404, bytes);
  else
    sendBytes(request, response, {
      bytes,
      etag: `"${session}-${probe}-${pid}-${seq}${url.search.replace(/[^\w=&?]/g, "")}"`,
    });
}

function findSamples(
  captures: Captures,
  wanted: { probe: ProbeId; pid: number; seq: number },
  url: URL,
): Uint8Array | string {
  const { probe, pid, seq } = wanted;
  const found = captures.findAtOrBefore(probe, { pid, seq });
  const read = found?.seq === seq ? captures.read(found) : undefined;
  if (read === undefined)
    return `Cannot find capture ${seq} of ${probe} in process ${pid}: there was none, or it was dropped`;
  const data = capturedData(read.record);
  if (data.kind !== "array") return `Cannot send samples of capture ${seq} of ${probe}: it is not an array`;
  const { buffer, byteOffset, byteLength } = data.elements;
  const elements = new Uint8Array(buffer, byteOffset, byteLength);
  return url.searchParams.get("format") === "npy" ? Buffer.concat([npyHeader(data.head), elements]) : elements;
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, etag }: { bytes: Uint8Array; etag: string },
): void {
  response.setHeader("ETag", etag);
  response.setHeader("Accept-Ranges", "bytes");
  // A capture never changes.
  response.setHeader("Cache-Control", "private, max-age=3600, immutable");
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, bytes.length) : undefined;
  if (range === "unsatisfiable") {
    response.setHeader("Content-Range", `bytes */${bytes.length}`);
    sendText(response, 416, `Cannot send this range: there are ${bytes.length} bytes`);
    return;
  }
  const { begin, end } = range ?? { begin: 0, end: bytes.length };
  if (range !== undefined) response.setHeader("Content-Range", `bytes ${begin}-${end - 1}/${bytes.length}`);
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Content-Length", end - begin);
  response.writeHead(range === undefined ? 200 : 206);
  response.end(request.method === "HEAD" ? undefined : bytes.subarray(begin, end));
}
