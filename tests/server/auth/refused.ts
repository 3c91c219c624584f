import assert from "node:assert/strict";
import { type ProblemCode, Refusal } from "../../../lib/protocol/errors.ts";

/** For `assert.rejects`: that it was a refusal with this code. */
export function refused(code: ProblemCode): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof Refusal, String(error));
    assert.equal(error.code, code, error.detail);
    return true;
  };
}

/** The codes of what was refused, and how many were not. */
export function outcomes(settled: PromiseSettledResult<unknown>[]): { done: number; codes: string[] } {
  const codes = settled.flatMap((one) => {
    if (one.status === "fulfilled") return [];
    assert(one.reason instanceof Refusal, String(one.reason));
    return [one.reason.code];
  });
  return { done: settled.length - codes.length, codes };
}
