/** Applies a reaction to a message's reactions: the count of each emoji, and the first people. */
import { EMOJI_MAX, REACTORS_NAMED } from "../../protocol/messages.ts";
import type { Reactions } from "./store.ts";

interface Reaction {
  emoji: string;
  user: string;
}

const NONE: Reactions[string] = { count: 0, users: [] };

export function reactionOf(reactions: Reactions, emoji: string): Reactions[string] {
  return Object.hasOwn(reactions, emoji) ? reactions[emoji] ?? NONE : NONE;
}

/** Whether the message has no room for this emoji. */
export function isFull(reactions: Reactions, emoji: string): boolean {
  return !Object.hasOwn(reactions, emoji) && Object.keys(reactions).length >= EMOJI_MAX;
}

/** Whether fewer people are named beside an emoji than fit. */
export function isShort(reactions: Reactions, emoji: string): boolean {
  const { count, users } = reactionOf(reactions, emoji);
  return users.length < Math.min(count, REACTORS_NAMED);
}

export function given(reactions: Reactions, { emoji, user }: Reaction): Reactions {
  const { count, users } = reactionOf(reactions, emoji);
  return { ...reactions, [emoji]: { count: count + 1, users: named([...users, user]) } };
}

/** `others` are people who reacted so too, one of whom is named instead. */
export function takenBack(reactions: Reactions, { emoji, user }: Reaction, others: string[]): Reactions {
  const { count, users } = reactionOf(reactions, emoji);
  const { [emoji]: _was, ...rest } = reactions;
  const left = named([...users, ...others].filter((id) => id !== user));
  return count > 1 ? { ...reactions, [emoji]: { count: count - 1, users: left } } : rest;
}

function named(users: string[]): string[] {
  return [...new Set(users)].slice(0, REACTORS_NAMED);
}
