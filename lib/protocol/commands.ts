/** The one table of commands, for `call` frames, POST /api/<name>, the types of the client and /openapi.json. */
import type * as z from "zod/mini";
import { accountCommands } from "./accounts.ts";
import { authCommands } from "./auth.ts";
import { pageCommands } from "./page_commands.ts";

export const commands = { ...authCommands, ...accountCommands, ...pageCommands };

export type Commands = typeof commands;
export type CommandName = keyof Commands;
/** A command's body as a client writes it. */
export type Input<N extends CommandName> = z.input<Commands[N]["input"]>;
/** A command's body as its handler gets it. */
export type Parsed<N extends CommandName> = z.output<Commands[N]["input"]>;
export type Output<N extends CommandName> = z.output<Commands[N]["output"]>;

/** True when `name` is a command; own keys only, so that "constructor" is none. */
export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
