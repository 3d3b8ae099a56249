/**
 * Whether a text can be the condition of mode when: asked of the agent's own compiler of conditions, in the program's own
 * interpreter, whose Python decides what parses. People ask while they type, so what was answered is kept.
 */

import { join } from "node:path";
import { CallError, type CallResult, calls, type Interpreter } from "@pyprobe/protocol";
import { AgentScript } from "./agent-script.ts";

export type ConditionVerdict = CallResult<"condition.check">;

const MAX_KEPT = 200;

export class ConditionChecker {
  readonly #script: AgentScript;
  /** By interpreter and text; the oldest go. */
  readonly #verdicts = new Map<string, Promise<ConditionVerdict>>();

  /** `agentFolder` holds the package `pyprobe_tracer`. */
  constructor(agentFolder: string) {
    this.#script = new AgentScript(agentFolder, join("_condition", "check.py"));
  }

  check(interpreter: Interpreter, expression: string): Promise<ConditionVerdict> {
    const key = `${interpreter.path}\n${expression}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = this.#ask(interpreter, expression);
    this.#verdicts.set(key, verdict);
    verdict.catch(() => this.#verdicts.delete(key));
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > MAX_KEPT && oldest !== undefined) this.#verdicts.delete(oldest);
    return verdict;
  }

  async #ask(interpreter: Interpreter, expression: string): Promise<ConditionVerdict> {
    try {
      return calls["condition.check"].result.parse(await this.#script.ask(interpreter, { input: expression }));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CallError("internal", `Cannot check the condition with ${interpreter.path}: ${reason}`, { cause });
    }
  }
}
