import type { Handlers } from "../protocol/handlers.ts";
import type { messageCommands } from "../protocol/messages.ts";
import type { MessagesService } from "./service.ts";

export function createMessageCommands(messages: MessagesService): Handlers<keyof typeof messageCommands> {
  return {
    "messages.send": (body, { user }) => messages.send(user, body),
    "messages.list": (body, { user }) => messages.list(user, body),
    "messages.get": async ({ room, seq }, { user }) => ({ message: await messages.get(user, room, seq) }),
  };
}
