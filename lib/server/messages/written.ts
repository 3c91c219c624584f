/**
 * Parses texts that people write: one of each person at a time, in the order in which they were written, with turns for
 * others in between, because a person may send 64 at once, each made to be slow.
 */
import { createSlots, TooMany } from "../limits/slots.ts";
import { Refusal } from "../../protocol/errors.ts";
import { isPlainLine } from "./markdown.ts";
import { type ParsedText, parseText } from "./parse.ts";
import type { Parser } from "./parser.ts";

const WAITING_MAX = 12_800; // of one person: the calls that all their connections may have under way
const RETRY_MS = 1_000;

/**
 * Parses a text that somebody writes, without mentions yet. Throws `Refusal("invalid")` if nothing of it would be seen,
 * and `Refusal("rate_limited")` if too much waits.
 */
export type ParseWritten = (user: string, text: string, verb: string) => Promise<ParsedText>;

export function createParseWritten({ parse }: Pick<Parser, "parse">): ParseWritten {
  const slots = createSlots({ atOnce: 1, waitingMax: WAITING_MAX });
  const inTurn = (user: string, text: string, verb: string) =>
    slots.run(user, () => parse(user, text)).catch((error) => {
      if (!(error instanceof TooMany)) throw error;
      throw new Refusal("rate_limited", `Cannot ${verb}: too much is under way`, { retryAfter: RETRY_MS });
    });

  return async (user, text, verb) => {
    // Most texts cost less than queueing; but none overtakes another of the same person.
    const isAtOnce = isPlainLine(text) && slots.isIdle(user);
    const parsed = isAtOnce ? parseText(text) : await inTurn(user, text, verb);
    if (parsed.isSeen) return parsed;
    throw new Refusal("invalid", `Cannot ${verb}: text is empty`, { issues: [{ path: "text", message: "is empty" }] });
  };
}
