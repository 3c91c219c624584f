import type { Handlers } from "../commands/handlers.ts";
import type { roomCommands } from "../../protocol/rooms.ts";
import type { RoomsService } from "./service.ts";

export function createRoomCommands(rooms: RoomsService): Handlers<keyof typeof roomCommands> {
  return {
    "rooms.create": async (body, { user }) => ({ room: await rooms.create(user, body) }),
    "rooms.update": async (body, { user }) => ({ room: await rooms.update(user, body) }),
    "rooms.archive": async ({ room }, { user }) => ({ room: await rooms.setArchived(user, room, true) }),
    "rooms.unarchive": async ({ room }, { user }) => ({ room: await rooms.setArchived(user, room, false) }),
    "rooms.list": (body, { user }) => rooms.list(user, body),
    "rooms.get": async ({ room }, { user }) => {
      const line = await rooms.getSummary(user, room);
      return { room: line.room, line };
    },
    "rooms.join": async ({ room }, { user }) => ({ room: await rooms.join(user, room) }),
    "rooms.setLevel": async ({ room, level }, { user }) => ({ room: await rooms.setLevel(user, room, level) }),
    "rooms.leave": async ({ room }, { user }) => {
      await rooms.leave(user, room);
      return {};
    },
    "rooms.members": (body, { user }) => rooms.listMembers(user, body),
    "rooms.addMember": async ({ room, user: added }, { user }) => {
      await rooms.addMember(user, room, added);
      return {};
    },
    "rooms.removeMember": async ({ room, user: removed }, { user }) => {
      await rooms.removeMember(user, room, removed);
      return {};
    },
    "rooms.direct": async ({ users, key }, { user }) => ({ room: await rooms.direct(user, users, key) }),
  };
}
