import type { Handlers } from "../commands/handlers.ts";
import type { readCommands } from "../../protocol/reads.ts";
import type { ReadsService } from "./service.ts";

export function createReadCommands(reads: ReadsService): Handlers<keyof typeof readCommands> {
  return { "reads.mark": (body, { user }) => reads.mark(user, body) };
}
