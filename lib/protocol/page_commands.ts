/** The tables of commands that scripts of the pages call: only these go to the browser. */
import { feedCommands } from "./feed.ts";
import { inviteCommands } from "./invites.ts";
import { messageCommands } from "./messages.ts";
import { presenceCommands } from "./presence.ts";
import { readCommands } from "./reads.ts";
import { roomCommands } from "./rooms.ts";
import { userCommands } from "./users.ts";

export const pageCommands = {
  ...inviteCommands,
  ...userCommands,
  ...roomCommands,
  ...messageCommands,
  ...readCommands,
  ...presenceCommands,
  ...feedCommands,
};

export type PageCommand = keyof typeof pageCommands;
