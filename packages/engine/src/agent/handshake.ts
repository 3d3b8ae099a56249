/** Decides on an agent's first message: who may come in, and what the others are told. Pure. */
import { createHash, timingSafeEqual } from "node:crypto";
import {
  greetingSchema,
  type Hello,
  helloSchema,
  OLDEST_AGENT_VERSION,
  PROTOCOL_VERSION,
  PYPROBE_VERSION,
  type RefusalCode,
} from "@pyprobe/protocol";
import * as z from "zod";

/** Even an agent of another version, whose hello may lack everything else, is told what to do. */
const anyHelloSchema = greetingSchema.extend({ token: z.string().default("") });
type AnyHello = z.infer<typeof anyHelloSchema>;

export type Refusal = { readonly code: RefusalCode; readonly message: string };
export type Verdict<Guest> =
  | { readonly kind: "accepted"; readonly hello: Hello; readonly guest: Guest }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Not an agent at all: there is nobody to explain anything to. */
  | { readonly kind: "stranger"; readonly reason: string };

export type Versions = { readonly protocol: number; readonly engine: string; readonly oldestAgent: string };
const ourVersions: Versions = {
  protocol: PROTOCOL_VERSION,
  engine: PYPROBE_VERSION,
  oldestAgent: OLDEST_AGENT_VERSION,
};

/** `findGuest` gives who waits for this token: a value, `"gone"` when nobody waits any more, undefined when nobody ever did. */
export function judgeHello<Guest>(
  message: unknown,
  findGuest: (token: string) => Guest | "gone" | undefined,
  versions: Versions = ourVersions,
): Verdict<Guest> {
  const any = anyHelloSchema.safeParse(message);
  if (!any.success) return isHello(message) ? malformed(any.error) : notAnAgent;
  const mismatch = judgeVersion(any.data, versions);
  if (mismatch !== undefined) return { kind: "refused", refusal: mismatch };
  const guest = findGuest(any.data.token);
  if (guest === undefined) {
    return refused("bad_token", "Cannot accept agent: its token is wrong (start the program through PyProbe)");
  }
  if (guest === "gone") return refused("no_such_session", "Cannot accept agent: its session has ended");
  const hello = helloSchema.safeParse(message);
  if (!hello.success) return malformed(hello.error);
  return { kind: "accepted", hello: hello.data, guest };
}

const notAnAgent = {
  kind: "stranger",
  reason: "Cannot greet peer: its first message is not an agent's hello",
} as const;

function isHello(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && message.type === "hello";
}

function malformed({ issues }: z.ZodError): { kind: "refused"; refusal: Refusal } {
  const place = issues[0]?.path.join(".") ?? "its beginning";
  const nextStep = "use the pyprobe-tracer of this PyProbe's version";
  return refused("malformed_hello", `Cannot accept agent: its hello is malformed at ${place} (${nextStep})`);
}

function judgeVersion({ agent, protocol, executable }: AnyHello, versions: Versions): Refusal | undefined {
  const agentVersion = majorMinor(agent);
  const upgrade = `${executable} -m pip install --upgrade pyprobe-tracer`;
  if (compareVersions(agent, versions.oldestAgent) < 0) {
    const message = `Your pyprobe-tracer is ${agentVersion}, but this PyProbe requires ${versions.oldestAgent}. Run: ${upgrade}`;
    return { code: "agent_too_old", message };
  }
  if (protocol === versions.protocol) return undefined;
  const engineVersion = majorMinor(versions.engine);
  if (protocol > versions.protocol) {
    const downgrade = `${executable} -m pip install "pyprobe-tracer==${engineVersion}.*"`;
    const message = `Your pyprobe-tracer is ${agentVersion}, newer than this PyProbe (${engineVersion}). Update PyProbe, or run: ${downgrade}`;
    return { code: "agent_too_new", message };
  }
  const message = `Your pyprobe-tracer ${agentVersion} speaks protocol ${protocol}, but this PyProbe speaks ${versions.protocol}. Run: ${upgrade}`;
  return { code: "protocol_mismatch", message };
}

/** Negative when `a` is older than `b`, by major and minor. */
export function compareVersions(a: string, b: string): number {
  const [aMajor, aMinor] = parts(a);
  const [bMajor, bMinor] = parts(b);
  return aMajor - bMajor || aMinor - bMinor;
}

function parts(version: string): [number, number] {
  const match = /^(\d+)(?:\.(\d+))?/.exec(version);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

function majorMinor(version: string): string {
  return parts(version).join(".");
}

function refused(code: RefusalCode, message: string): { kind: "refused"; refusal: Refusal } {
  return { kind: "refused", refusal: { code, message } };
}

/**
 * Who waits for which token. Every token is compared on every look-up, by digests and in constant time, so that time tells
 * nothing about how much of a guess was right.
 */
export class TokenTable<Guest> {
  readonly #guests: { readonly digest: Buffer; guest: Guest | "gone" }[] = [];
  readonly #maxGone: number;

  constructor(options: { maxGone?: number } = {}) {
    this.#maxGone = options.maxGone ?? 100;
  }

  add(token: string, guest: Guest): () => void {
    const entry: { digest: Buffer; guest: Guest | "gone" } = { digest: digestOf(token), guest };
    this.#guests.push(entry);
    return () => {
      entry.guest = "gone";
      const gone = this.#guests.filter((candidate) => candidate.guest === "gone");
      if (gone.length > this.#maxGone && gone[0] !== undefined) this.#guests.splice(this.#guests.indexOf(gone[0]), 1);
    };
  }

  find(token: string): Guest | "gone" | undefined {
    const digest = digestOf(token);
    let found: Guest | "gone" | undefined;
    for (const entry of this.#guests) if (timingSafeEqual(entry.digest, digest)) found = entry.guest;
    return found;
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
