import type { Hub } from "../live/hub.ts";
import type { Handlers } from "../commands/handlers.ts";
import type { presenceCommands } from "../../protocol/presence.ts";
import { assertWrites, type RoomAccess } from "../rooms/service.ts";

interface Deps {
  access: RoomAccess;
  hub: Pick<Hub, "typed">;
}

export function createPresenceCommands({ access, hub }: Deps): Handlers<keyof typeof presenceCommands> {
  return {
    async "presence.typing"({ room }, { user }) {
      const verb = "tell that you are typing";
      assertWrites(await access.authorize(user.id, room, verb), verb);
      hub.typed(room, user.id);
      return {};
    },
  };
}
