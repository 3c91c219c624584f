/** Runs commands, whoever brings them: pages, POST /api and WebSocket frames all come through here. */
import { type CommandName, type Commands, commands, type Output } from "../protocol/commands.ts";
import { parse, Refusal } from "../protocol/errors.ts";
import type { Call, CallFor, Handler, Handlers, SignedInCall } from "../protocol/handlers.ts";
import { createRates } from "./rates.ts";

export interface Run {
  /**
   * Checks the sign-in, the rate and the body's shape, in this order, and calls the handler. Throws `Refusal`, and
   * whatever the handler throws.
   */
  <N extends CommandName>(name: N, body: unknown, call: Call | SignedInCall): Promise<Output<N>>;
  /** The same for a body that is still to be read, which only happens once the checks before it have passed. */
  reading<N extends CommandName>(
    name: N,
    body: () => Promise<unknown>,
    call: Call | SignedInCall,
  ): Promise<Output<N>>;
}

/** `limits: false` switches the rates off. */
export function createRunner({ handlers, limits }: { handlers: Handlers; limits: boolean }): Run {
  const rates = createRates({ limits });

  async function reading<N extends CommandName>(
    name: N,
    body: () => Promise<unknown>,
    call: Call | SignedInCall,
  ): Promise<Output<N>> {
    const command: Commands[N] = commands[name];
    const { verb } = command;
    if (!fits(name, call)) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
    await rates.count(name, call);
    const handler: Handler<N> = handlers[name];
    return await handler(parse<Commands[N]["input"]>(command.input, await body(), verb), call);
  }

  const run = <N extends CommandName>(name: N, body: unknown, call: Call | SignedInCall): Promise<Output<N>> =>
    reading(name, () => Promise.resolve(body), call);
  return Object.assign(run, { reading });
}

function fits<N extends CommandName>(name: N, call: Call | SignedInCall): call is CallFor<N> {
  return "open" in commands[name] || "user" in call;
}
