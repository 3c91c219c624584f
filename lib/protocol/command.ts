/** Describes commands: their schemas, words and surface (lib/protocol/README.md §3). */
import type * as z from "zod/mini";

export interface Command<I extends z.ZodMiniType = z.ZodMiniType, O extends z.ZodMiniType = z.ZodMiniType> {
  input: I;
  output: O;
  /** Completes "Cannot …": "send message". */
  verb: string;
  /** Works without being signed in. */
  open?: true;
  /** Sets or clears the cookie, so it is POST only. */
  cookie?: true;
  /** For people who signed in themselves: with a personal access token it is 403. */
  sessionOnly?: true;
  /** Writes to the room `body.room`, so calls of a connection run in order; "together": calls of this one at once. */
  ordered?: true | "together";
  /** A share of the person's that bounds it: it reads more than a few keys, changes a message for all, or sends one. */
  load?: "read" | "change" | "send";
}

/** The fields of a result that are lists. (A result without fields has `never` in each.) */
type Lists<Result> = {
  [K in keyof Result]: [Result[K]] extends [never] ? never : Result[K] extends unknown[] ? K : never;
};
/** A command whose result has a list in it reads more than a few keys, and has to say so. */
type LoadOf<Result> = [Lists<Result>[keyof Result]] extends [never] ? unknown : { load: "read" };

/** Declares a command; exists for its inference. */
export function command<I extends z.ZodMiniType, O extends z.ZodMiniType, const C extends Command<I, O>>(
  it: C & { input: I; output: O } & LoadOf<z.output<O>>,
): C {
  return it;
}
