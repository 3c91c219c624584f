import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";

export const readCommands = {
  "reads.mark": command({
    input: z.object({
      room: field.id,
      seq: field.seqOrZero,
      back: z.optional(z.boolean("must be true or false")),
    }),
    output: z.object({ n: field.count, unread: field.count }),
    verb: "mark read",
    ordered: true,
  }),
};

/** My mark in a room: up to `seq`, whose number is `n` (0 for nothing). */
export const readEvents = { "reads.marked": z.object({ room: z.string(), seq: field.count, n: field.count }) };
