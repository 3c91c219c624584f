import type { Chat } from "../../lib/client/stores/chat.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { DialogKind } from "./dialogs/dialog_kinds.ts";
import type { SwitcherParts } from "./switcher.tsx";

export interface PaletteProps extends SwitcherParts {
  chat: Pick<Chat, "rooms" | "people" | "members" | "live">;
  me: User;
  /** The room on screen. */
  here?: string | undefined;
  /** What a room is called: a direct conversation by its people. */
  nameOf(room: string): string;
  go(room: string): void;
  /** The line of a room is the one that Enter takes; undefined where that opens none. */
  near?: ((room: string | undefined) => void) | undefined;
  show(kind: DialogKind): void;
  /** Shows the members of the room on screen. */
  members?(): void;
}

/** A room or a person that the server found. */
export type Hit = RoomSummary | User;
