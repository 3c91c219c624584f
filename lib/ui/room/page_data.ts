/** What the room page carries for its island: all that the server rendered, so that nothing is fetched twice. */
import * as z from "zod/mini";
import * as field from "../../protocol/fields.ts";
import { message } from "../../protocol/messages.ts";
import { roomLine } from "../../protocol/rooms.ts";
import { user } from "../../protocol/users.ts";

export { PAGE_DATA_ID } from "../shell/shell_data.ts";

export const pageData = z.object({
  me: user,
  workspace: z.object({ name: z.string() }),
  /** The id of the room on screen; its summary is in `rooms`. */
  room: z.string(),
  /** Mine, as `rooms.list` gives them, and others that the page names. */
  rooms: z.array(roomLine),
  /** How many of mine, direct conversations left out, the page doesn't have: it loads them once it is live. */
  moreRooms: field.count,
  /** How many entries of my feed are new, up to 100. */
  unseen: field.count,
  /** As `messages.list` gives it. */
  page: z.object({
    messages: z.array(message),
    offset: z.string(),
    more: z.boolean(),
    moreAfter: z.optional(z.boolean()),
  }),
  /** The seq of a permalink, which is shown first. */
  landing: z.optional(field.seq),
  /** Members by room, as far as the page needed them: of the room on screen, and of direct conversations. */
  members: z.record(z.string(), z.array(z.string())),
  /** One page of the members of the room on screen, if it has more than one. */
  someMembers: z.optional(z.array(z.string())),
  /** Whether more members follow. */
  moreMembers: z.optional(z.boolean()),
  /** All people named on the page. */
  users: z.array(user),
  /** The time zone that times are rendered in; the reader's may be another. */
  zone: z.string(),
  /** Whether the members pane is open. */
  pane: z.boolean(),
});
export type PageData = z.infer<typeof pageData>;
