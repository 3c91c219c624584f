/**
 * The faults to plant. Each is one that a reader might overlook: the product goes on, and is a little wrong. `from` stands
 * once in its file; where a change of the product takes it away, the fault is planted in what came instead.
 */
import { delivery } from "./delivery.ts";
import { messages } from "./messages.ts";
import { storage } from "./storage.ts";

export interface Mutant {
  /** What is wrong with it. */
  name: string;
  file: string;
  from: string;
  to: string;
  /** The test files of which one must fail. CI runs them all. */
  tests: string[];
}

export const mutants: Mutant[] = [...storage, ...delivery, ...messages];

/** The file with the fault in it; undefined where its text is not there once. */
export function planted(text: string, { from, to }: Mutant): string | undefined {
  const at = text.indexOf(from);
  if (at < 0 || text.indexOf(from, at + 1) >= 0) return undefined;
  return text.slice(0, at) + to + text.slice(at + from.length);
}
