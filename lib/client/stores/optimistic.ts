/** Optimistic updates: messages as they will be once the server has made my changes. */
import type { Body, Inline } from "../../protocol/body.ts";
import type { Message } from "../../protocol/messages.ts";

export type Mutation =
  | { kind: "edit"; text: string }
  | { kind: "delete" }
  | { kind: "react"; emoji: string; on: boolean };

export interface Change {
  id: number;
  room: string;
  seq: number;
  mutation: Mutation;
  state: "pending" | "failed";
  /** Why the server refused it, in words for me. */
  reason?: string;
}

export interface MyReactions {
  me: string;
  /** Keys of reactions of mine that the messages don't name. */
  mine: ReadonlySet<string>;
}

export function reactionKey({ room, seq }: Pick<Message, "room" | "seq">, emoji: string): string {
  return `${room} ${seq} ${emoji}`;
}

/** Returns the same array if nothing differs, and the same message if nothing of it does. */
export function withMutations(
  messages: readonly Message[],
  changes: readonly Change[],
  mine: MyReactions,
): readonly Message[] {
  if (changes.length === 0 && mine.mine.size === 0) return messages;
  const next = messages.map((message) => {
    const own = changes.filter((it) => it.seq === message.seq && it.room === message.room);
    return own.reduce((now, change) => withMutation(now, change, mine.me), named(message, mine));
  });
  return next.some((it, at) => it !== messages[at]) ? next : messages;
}

/** Whether a message is as the mutation would make it. */
export function hasCome(message: Message, mutation: Mutation, me: string): boolean {
  if (mutation.kind === "edit") return message.text === mutation.text;
  if (mutation.kind === "delete") return message.deletedAt !== undefined;
  return message.reactions[mutation.emoji]?.users.includes(me) === mutation.on;
}

/** Adds me to the people who are named beside a reaction of mine. */
function named(message: Message, { me, mine }: MyReactions): Message {
  const hidden = mine.size === 0
    ? []
    : Object.entries(message.reactions).filter(([emoji, { count, users }]) =>
      count > users.length && !users.includes(me) && mine.has(reactionKey(message, emoji))
    );
  if (hidden.length === 0) return message;
  const changed = hidden.map(([emoji, { count, users }]) => [emoji, { count, users: [me, ...users] }]);
  return { ...message, reactions: { ...message.reactions, ...Object.fromEntries(changed) } };
}

function withMutation(message: Message, { mutation, state }: Change, me: string): Message {
  if (message.deletedAt !== undefined) return message;
  // The text of a failed edit stays in its editor; other failed changes did not happen.
  if (mutation.kind === "edit") return { ...message, text: mutation.text, body: plain(mutation.text) };
  if (state === "failed") return message;
  if (mutation.kind === "delete") {
    return { ...message, text: "", body: [], reactions: {}, mentions: [], deletedAt: message.at };
  }
  const { [mutation.emoji]: own = { count: 0, users: [] }, ...others } = message.reactions;
  const isNamed = own.users.includes(me);
  if (isNamed === mutation.on) return message;
  const count = own.count + (mutation.on ? 1 : -1);
  const users = mutation.on ? [me, ...own.users] : own.users.filter((it) => it !== me);
  if (count <= 0) return { ...message, reactions: others };
  return { ...message, reactions: { ...message.reactions, [mutation.emoji]: { count, users } } };
}

/** A text as it was written, because only the server parses texts. */
function plain(text: string): Body {
  const c = text.split("\n").flatMap((line, at): Inline[] => at === 0 ? [line] : [{ t: "br" }, line]);
  return [{ t: "p", c }];
}
