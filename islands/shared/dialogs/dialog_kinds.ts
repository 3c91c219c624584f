/** The dialogs that can be shown, and what each is given. */
import type { Chat } from "../../../lib/client/stores/chat.ts";

export type DialogKind =
  | "archive_room"
  | "browse_rooms"
  | "create_room"
  | "direct"
  | "invite"
  | "keys"
  | "leave_room"
  | "room_details"
  | "room_menu"
  | "room_topic";

export interface DialogKindProps {
  chat: Chat;
  /** Shows a room. */
  go(room: string): void;
  /** Shows another dialog instead. */
  show(kind: DialogKind): void;
  /** Shows the members of the room on screen, where there is one. */
  members?(): void;
  onClose(): void;
}
