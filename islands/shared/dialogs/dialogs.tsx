/** The dialogs of the room page and its menu, in one chunk that is fetched when the first of them is opened. */
import type { FunctionComponent } from "preact";
import { BrowseRooms } from "./browse_rooms.tsx";
import { CreateRoom } from "./create_room.tsx";
import type { DialogKind, DialogKindProps } from "./dialog_kinds.ts";
import { Direct } from "./direct.tsx";
import { Invite } from "./invite.tsx";
import { ArchiveRoom, LeaveRoom } from "./end_room.tsx";
import { RoomDetails, RoomTopic } from "./room_details.tsx";
import { RoomKeys } from "./room_keys.tsx";
import { RoomMenu } from "./room_menu.tsx";

const kinds: Record<DialogKind, FunctionComponent<DialogKindProps>> = {
  archive_room: ArchiveRoom,
  browse_rooms: BrowseRooms,
  create_room: CreateRoom,
  direct: Direct,
  invite: Invite,
  keys: RoomKeys,
  leave_room: LeaveRoom,
  room_details: RoomDetails,
  room_menu: RoomMenu,
  room_topic: RoomTopic,
};

export function ShownDialog({ kind, ...props }: DialogKindProps & { kind: DialogKind }) {
  const Kind = kinds[kind];
  return <Kind key={kind} {...props} />;
}
