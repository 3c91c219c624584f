import type { Hub } from "../live/hub.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Handlers } from "../commands/handlers.ts";
import type { presenceCommands } from "../../protocol/presence.ts";
import type { RoomAccess } from "../rooms/service.ts";

interface Deps {
  access: RoomAccess;
  hub: Pick<Hub, "typed">;
}

export function createPresenceCommands({ access, hub }: Deps): Handlers<keyof typeof presenceCommands> {
  return {
    async "presence.typing"({ room }, { user }) {
      const verb = "tell that you are typing";
      const view = await access.authorize(user.id, room, verb);
      if (!view.membership) throw new Refusal("forbidden", `Cannot ${verb}: you are not a member of the room`);
      if (view.room.archivedAt !== undefined) throw new Refusal("forbidden", `Cannot ${verb}: room is archived`);
      hub.typed(room, user.id);
      return {};
    },
  };
}
