/** JSON-RPC 2.0 as it goes over a transport, one message at a time. Batches are not used. */
import * as z from "zod";
import { CallError, errorCodeSchema } from "./api.ts";

export const rpcRequestSchema = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.int(), z.string()]),
  method: z.string(),
  params: z.unknown().optional(),
});
export type RpcRequest = z.infer<typeof rpcRequestSchema>;
export const rpcNotificationSchema = z.object({
  jsonrpc: z.literal("2.0"),
  method: z.string(),
  params: z.unknown().optional(),
});
export const rpcReplySchema = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.int(), z.string(), z.null()]),
  result: z.unknown().optional(),
  error: z
    .object({ code: z.int(), message: z.string(), data: z.object({ code: errorCodeSchema }).optional() })
    .optional(),
});
export type RpcReply = z.infer<typeof rpcReplySchema>;

const rpcCodes: Partial<Record<string, number>> = { unknown_call: -32601, bad_params: -32602, internal: -32603 };

export function rpcResult(id: RpcReply["id"], result: unknown): RpcReply {
  return { jsonrpc: "2.0", id, result };
}

export function rpcError(id: RpcReply["id"], error: CallError): RpcReply {
  return {
    jsonrpc: "2.0",
    id,
    error: { code: rpcCodes[error.code] ?? -32000, message: error.message, data: { code: error.code } },
  };
}

/** What a caller throws for a reply that is an error. */
export function callErrorOf(reply: RpcReply): CallError {
  return new CallError(
    reply.error?.data?.code ?? "internal",
    reply.error?.message ?? "Cannot read reply: it has neither a result nor an error",
  );
}
