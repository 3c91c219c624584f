/**
 * Checks each message that any client gets: its body is a fresh parse of its text, mentions are those that the body names,
 * and there is one message a rev. Each client of a test passes its messages here.
 */
import { parseBody } from "../../lib/server/messages/markdown.ts";
import { type Message, message } from "../../lib/protocol/messages.ts";

/** A message differs from what it should be; no fault excuses it. */
export class Misstated extends Error {
  override name = "Misstated";
}

export interface MessageCheck {
  /** Takes a message, and throws `Misstated` where it is none, or not what it says, or was different before. */
  take(value: unknown, by: string): void;
  /** How many messages were taken, each rev once. */
  readonly count: number;
}

/** `people`: who may be mentioned, handle → id, looked at whenever a message is taken. */
export function createMessageCheck(people: ReadonlyMap<string, string>): MessageCheck {
  const known = new Map<string, number>(); // a long run takes millions: a hash of each is kept

  function assertWhole(value: unknown, by: string): void {
    const { data: it } = message.safeParse(value);
    if (!it) throw new Misstated(`${by}: no message: ${JSON.stringify(value)}`);
    const wrong = faultOf(it, people);
    if (wrong) throw new Misstated(`${by}: ${wrong}: ${JSON.stringify(it)}`);
  }

  return {
    take(value, by) {
      const { room, seq, rev } = Object(value);
      const name = `${room} ${seq} ${rev}`;
      const hash = hashOf(JSON.stringify(Object(value), sorted));
      const before = known.get(name);
      if (before === hash) return;
      assertWhole(value, by);
      if (before !== undefined) throw new Misstated(`${by}: ${name} was told otherwise: ${JSON.stringify(value)}`);
      known.set(name, hash);
    },
    get count() {
      return known.size;
    },
  };
}

/** What a message says of itself that cannot be. */
function faultOf(it: Message, people: ReadonlyMap<string, string>): string | undefined {
  if (it.rev < it.seq) return "changed before it was sent";
  if (it.deletedAt !== undefined) {
    const isEmpty = it.text === "" && it.body.length === 0 && it.mentions.length === 0 &&
      Object.keys(it.reactions).length === 0;
    return isEmpty ? undefined : "says something though it is deleted";
  }
  const mentionable = Object.fromEntries([...people].filter(([, id]) => it.mentions.includes(id)));
  const body = parseBody(it.text, mentionable);
  if (JSON.stringify(body, sorted) !== JSON.stringify(it.body, sorted)) return "its body is of another text";
  const named = [...people].filter(([, id]) => JSON.stringify(body).includes(`"user":"${id}"`)).map(([, id]) => id);
  if (named.toSorted().join() !== it.mentions.toSorted().join()) return "mentions others than its text does";
  for (const [emoji, { count, users }] of Object.entries(it.reactions)) {
    if (count < 1 || users.length !== new Set(users).size || users.length > count) return `has wrong ${emoji}`;
  }
  return undefined;
}

/** Objects with their fields in order: stored ones may have come back in another. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1));
}

/** FNV-1a, 53 bits. */
function hashOf(text: string): number {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul(b ^ code, 0x85ebca6b) >>> 0;
  }
  return a * 0x20_0000 + (b >>> 11);
}
