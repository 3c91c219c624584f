/** A client that sends, edits, deletes and reacts by POST, and repeats each until it is acknowledged. */
import type { Input, Output } from "../../lib/protocol/commands.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { ApiError } from "../support/api.ts";
import type { Person } from "../support/people.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Random } from "./random.ts";
import type { Acknowledged } from "./sender.ts";
import type { Way } from "./site.ts";
import { pause } from "./within.ts";

const BACKOFF_MS = 20; // at most, before it asks again
const KNOWN_MAX = 50; // messages of others that it may react to
const EMOJI = ["👍", "🌊", "🦦", "❤️"];

export interface Place {
  room: string;
  seq: number;
}

export interface Changer {
  /** By key, what it sent: as it is after its last change. */
  readonly sent: ReadonlyMap<string, Acknowledged>;
  /** `<room> <seq>` of what it deleted. */
  readonly deleted: ReadonlySet<string>;
  /** `<room> <seq> <emoji>` of its reactions. */
  readonly reactions: ReadonlySet<string>;
  /** How many changes were acknowledged. */
  readonly acknowledged: number;
  readonly gate: Gate;
  /** Tells it of a message that it may react to. */
  know(place: Place): void;
  finish(): Promise<void>;
}

export function createChanger(
  site: Way,
  person: Person,
  rooms: string[],
  random: Random,
  onSent: (sent: Acknowledged) => void = () => {},
  { handles = [], answered = () => {} }: {
    /** Whom its messages mention now and then. */
    handles?: readonly string[] | undefined;
    /** Called with each message that an answer tells. */
    answered?: ((message: Message) => void) | undefined;
  } = {},
): Changer {
  const gate = createGate(person.handle);
  const sent = new Map<string, Acknowledged>();
  const mine: string[] = []; // keys of what can be edited still
  const deleted = new Set<string>();
  const reactions = new Set<string>();
  const known: Place[] = [];
  let made = 0;
  let acknowledged = 0;
  let finishing = false;

  /** Asks until there is an answer, whatever became of those before. Undefined: it was deleted meanwhile. */
  async function ask<
    N extends "messages.send" | "messages.edit" | "messages.delete" | "messages.react" | "messages.unreact",
  >(
    name: N,
    body: Input<N>,
  ): Promise<Output<N> | undefined> {
    for (;;) {
      await site.up();
      try {
        const answer = await person.api.call(name, body);
        acknowledged++;
        answered(answer.message);
        return answer;
      } catch (error) {
        if (error instanceof ApiError && error.problem && error.status < 500) {
          if (error.status === 409) return undefined;
          throw error;
        }
        await pause(random.between(0, BACKOFF_MS));
      }
    }
  }

  async function send(): Promise<void> {
    const key = `${person.handle}-${String(++made).padStart(16, "0")}`;
    const room = pick(rooms) ?? "";
    const answer = await ask("messages.send", { room, key, text: `${named()}${key} said` });
    if (!answer) throw new Error(`${key} was used`);
    const { message: { seq, n, by, text }, offset } = answer;
    sent.set(key, { by, room, key, text, seq, n, offset });
    onSent({ by, room, key, text, seq, n, offset });
    mine.push(key);
  }

  const named = () => handles.length > 0 && random.between(0, 2) === 0 ? `@${pick(handles)} ` : "";

  async function edit(): Promise<void> {
    const was = sent.get(pick(mine) ?? "");
    if (!was) return;
    const { room, seq, key } = was;
    const text = `${named()}${key} edited ${++made}`;
    const answer = await ask("messages.edit", { room, seq, text });
    if (answer?.message.text !== text) throw new Error(`${key} was edited to ${answer?.message.text}`);
    sent.set(key, { ...was, text });
  }

  async function remove(): Promise<void> {
    const [key = ""] = mine.splice(random.between(0, mine.length - 1), 1);
    const was = sent.get(key);
    if (!was) return;
    const { room, seq } = was;
    const answer = await ask("messages.delete", { room, seq });
    if (answer?.message.deletedAt === undefined) throw new Error(`${key} is there still`);
    deleted.add(`${room} ${seq}`);
    sent.set(key, { ...was, text: "" });
  }

  async function react(): Promise<void> {
    const place = pick(known);
    if (!place) return;
    const emoji = pick(EMOJI) ?? "";
    const name = `${place.room} ${place.seq} ${emoji}`;
    const isOn = reactions.has(name);
    const answer = await ask(isOn ? "messages.unreact" : "messages.react", { ...place, emoji });
    if (!answer) return; // it is deleted, and its reactions with it
    if (isOn) reactions.delete(name);
    else reactions.add(name);
  }

  function pick<T>(list: readonly T[]): T | undefined {
    return list[random.between(0, list.length - 1)];
  }

  async function run(): Promise<void> {
    while (!finishing) {
      await gate.pass();
      if (finishing) return;
      await [send, edit, edit, react, react, react, remove][random.between(0, 6)]?.();
    }
  }
  const running = run().finally(gate.end);
  running.catch(() => {}); // thrown by `finish`

  return {
    sent,
    deleted,
    reactions,
    get acknowledged() {
      return acknowledged;
    },
    know(place) {
      known.push(place);
      if (known.length > KNOWN_MAX) known.splice(0, known.length - KNOWN_MAX);
    },
    gate,
    async finish() {
      finishing = true;
      gate.open();
      await running;
    },
  };
}
