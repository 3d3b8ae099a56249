/** JSON-RPC 2.0 requests to handlers and back: every request with an id settles with a result or a named refusal. */
import { CallError, type CallName, calls, type RpcReply, rpcError, rpcResult } from "@pyprobe/protocol";
import type { Client } from "./client.ts";
import type { Handlers } from "./handlers.ts";

export type Request = { readonly id: RpcReply["id"]; readonly method: string; readonly params: unknown };

export async function dispatch(handlers: Handlers, request: Request, client: Client): Promise<RpcReply> {
  const { id, method, params } = request;
  try {
    if (!isCallName(method)) throw new CallError("unknown_call", `Cannot call ${method}: there is no such call`);
    return rpcResult(id, await run(handlers, { name: method, params }, client));
  } catch (error) {
    return rpcError(id, refusalOf(error, method));
  }
}

/** Throws a `CallError`. Callers within the process use it as well. */
export async function run(
  handlers: Handlers,
  call: { name: CallName; params: unknown },
  client: Client,
): Promise<unknown> {
  const parsed = calls[call.name].params.safeParse(call.params ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? "its parameters" : issue.path.join(".");
    throw new CallError("bad_params", `Cannot call ${call.name}: ${place}: ${issue?.message ?? "invalid"}`);
  }
  // The table's types say that this handler takes what this schema gives; the compiler cannot follow the name through both.
  const handler = handlers[call.name] as (args: unknown, client: Client) => unknown;
  return await handler(parsed.data, client);
}

export function refusalOf(error: unknown, method: string): CallError {
  if (error instanceof CallError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CallError("internal", `Cannot finish ${method}: ${reason}`, { cause: error });
}

function isCallName(method: string): method is CallName {
  return Object.hasOwn(calls, method);
}
