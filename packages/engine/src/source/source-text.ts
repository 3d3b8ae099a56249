/** The text of a Python file as the compiler reads it: byte order mark, encoding cookie, UTF-8. */
import { createHash } from "node:crypto";

const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)/;

/** Never throws: bytes that are not of the encoding become U+FFFD, and the interpreter says what is wrong with the file. */
export function decodeSource(bytes: Uint8Array): string {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  const [first = "", second = ""] = head.split(/\r\n|\r|\n/);
  const isBlank = /^[ \t\f]*(?:#.*)?$/.test(first.replace(/^\u00ef\u00bb\u00bf/, ""));
  const cookie = COOKIE.exec(first)?.[1] ?? (isBlank ? COOKIE.exec(second)?.[1] : undefined) ?? "utf-8";
  // `TextDecoder` drops the byte order mark, as Python does.
  return decoderFor(cookie).decode(bytes);
}

export function hashSource(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Names of encodings differ between Python and the web; what is not known here is read as UTF-8. */
function decoderFor(name: string): TextDecoder {
  const label = name.toLowerCase().replaceAll("_", "-").replace(/-sig$/, "");
  try {
    return new TextDecoder(label === "latin-1" ? "latin1" : label);
  } catch {
    return new TextDecoder("utf-8");
  }
}
