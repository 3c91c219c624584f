/** All that is found in a text before it is known whom its handles name. Runs in the worker, or on the main thread. */
import type { Body } from "../../protocol/body.ts";
import { handlesIn } from "./handles.ts";
import { isPlainLine, parseBody } from "./markdown.ts";
import { shows } from "./shows.ts";

/**
 * Characters that are parsed where they are: 2 ms at worst (measured), as long as a worker needs to be asked and heard.
 * The longest text that a message may have takes 50.
 */
export const QUICK_MAX = 1_000;
const HANDLES_MAX = 50; // handles looked up for one message

export interface ParsedText {
  /** Without mentions. */
  body: Body;
  /** The handles that it may mention, lower case. */
  handles: string[];
  /** Whether a reader sees anything of it. */
  isSeen: boolean;
}

/** Parses a text. The same text always gives the same. */
export function parseText(text: string): ParsedText {
  const body = parseBody(text, {});
  return { body, handles: handlesIn(body, HANDLES_MAX), isSeen: shows(body, text) };
}

/** Whether parsing a text holds nobody up, whatever it says. */
export function isQuick(text: string): boolean {
  return text.length <= QUICK_MAX || isPlainLine(text);
}
