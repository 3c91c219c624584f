import type { Handlers } from "../commands/handlers.ts";
import type { messageCommands } from "../../protocol/messages.ts";
import type { MessagesService } from "./service.ts";

export function createMessageCommands(messages: MessagesService): Handlers<keyof typeof messageCommands> {
  return {
    "messages.send": (body, { user }) => messages.send(user, body),
    "messages.list": (body, { user }) => messages.list(user, body),
    "messages.get": async ({ room, seq }, { user }) => ({ message: await messages.get(user, room, seq) }),
    "messages.edit": async ({ room, seq, text }, { user }) => ({ message: await messages.edit(user, room, seq, text) }),
    "messages.delete": async ({ room, seq }, { user }) => ({ message: await messages.remove(user, room, seq) }),
    "messages.react": async ({ room, seq, emoji }, { user }) => ({
      message: await messages.react(user, room, seq, emoji, true),
    }),
    "messages.unreact": async ({ room, seq, emoji }, { user }) => ({
      message: await messages.react(user, room, seq, emoji, false),
    }),
    "messages.reactors": (body, { user }) => messages.reactors(user, body),
  };
}
