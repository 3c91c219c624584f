/** The data of the pages beside rooms and feed, for the sidebar that lives on them. */
import * as z from "zod/mini";
import * as field from "../../protocol/fields.ts";
import { roomLine } from "../../protocol/rooms.ts";
import { user } from "../../protocol/users.ts";

/** Names the `<script type="application/json">` that holds a page's data. */
export const PAGE_DATA_ID = "page-data";

export const shellData = z.object({
  me: user,
  workspace: z.object({ name: z.string() }),
  /** Its address: the page may have come as the answer to a form. */
  path: z.enum(["/rooms", "/settings"]),
  title: z.string(),
  /** As in the room's page (lib/ui/room/page_data.ts). */
  rooms: z.array(roomLine),
  moreRooms: field.count,
  unseen: field.count,
  members: z.record(z.string(), z.array(z.string())),
  users: z.array(user),
  zone: z.string(),
});
export type ShellData = z.infer<typeof shellData>;
