/** Parses a text as far as possible without looking its handles up. Runs in the worker, or on the main thread. */
import type { Body } from "../../protocol/body.ts";
import { handlesIn } from "./handles.ts";
import { isPlainLine, parseBody } from "./markdown.ts";
import { shows } from "./shows.ts";

/** Characters that the main thread parses: 2 ms at worst, as long as asking a worker; the longest text takes 50. */
export const QUICK_MAX = 1_000;
const HANDLES_MAX = 50; // handles looked up for one message

export interface ParsedText {
  /** The body, without mentions. */
  body: Body;
  /** The handles that the text may mention, in lower case. */
  handles: string[];
  /** Whether a reader sees anything of the text. */
  isSeen: boolean;
}

/** Parses a text. The same text always gives the same result. */
export function parseText(text: string): ParsedText {
  const body = parseBody(text, {});
  return { body, handles: handlesIn(body, HANDLES_MAX), isSeen: shows(body, text) };
}

/** Whether a text is short enough to be parsed on the main thread, whatever it says. */
export function isQuick(text: string): boolean {
  return text.length <= QUICK_MAX || isPlainLine(text);
}
