import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";

export const presence = z.enum(["online", "offline"]);
export type Presence = z.infer<typeof presence>;

export const presenceCommands = {
  "presence.typing": command({
    input: z.object({ room: field.id }),
    output: z.object({}),
    verb: "tell that you are typing",
  }),
};
