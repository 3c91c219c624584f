/** Runs the commands of pages, POST /api and WebSocket frames. */
import type * as z from "zod/mini";
import { type CommandName, commands, type Output, type Parsed } from "../../protocol/commands.ts";
import { parse, Refusal } from "../../protocol/errors.ts";
import type { Call, CallFor, Handler, Handlers, SignedInCall } from "./handlers.ts";
import { createRates } from "./rates.ts";
import type { Shares } from "./shares.ts";

/**
 * Checks the sign-in, the rate, the body's shape and whether a token will do, in this order, and calls the handler.
 * Throws `Refusal`, and whatever the handler throws. A body may be an `UnreadBody`.
 */
export type Run = <N extends CommandName>(name: N, body: unknown, call: Call | SignedInCall) => Promise<Output<N>>;

/** A body that is read only once the checks before it have passed, so that a refused request costs no reading. */
export class UnreadBody {
  constructor(readonly read: () => Promise<unknown>) {}
}

/** The command table, typed so that a parsed body's type follows from the command's name. */
const shapes: { [N in CommandName]: { verb: string; input: z.ZodMiniType<Parsed<N>> } } = commands;

/** `limits: false` switches the rates off. */
export function createRunner(
  { handlers, limits, shares }: { handlers: Handlers; limits: boolean; shares: Pick<Shares, "call"> },
): Run {
  const rates = createRates({ limits });

  return async function run<N extends CommandName>(
    name: N,
    body: unknown,
    call: Call | SignedInCall,
  ): Promise<Output<N>> {
    const { verb, input } = shapes[name];
    const person = "user" in call ? call.user.id : undefined;
    if (!fits(name, call)) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
    await rates.count(name, call);
    const value = body instanceof UnreadBody ? await body.read() : body;
    const handler: Handler<N> = handlers[name];
    const parsed = parse(input, value, verb);
    // A token that leaked must not outlive its end: it makes no other, and locks nobody out.
    if ("sessionOnly" in commands[name] && "byToken" in call && call.byToken) {
      throw new Refusal("forbidden", `Cannot ${verb}: not with a token`);
    }
    if (person === undefined) return await handler(parsed, call);
    return await shares.call(person, name, verb, () => handler(parsed, call));
  };
}

function fits<N extends CommandName>(name: N, call: Call | SignedInCall): call is CallFor<N> {
  return "open" in commands[name] || "user" in call;
}
