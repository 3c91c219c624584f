/** My changes of messages: shown at once, sent in order, and kept with the reason if the server refuses one. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { errorWords } from "../../model/problem_words.ts";
import type { Message } from "../../protocol/messages.ts";
import { type Change, hasCome, type Mutation, reactionKey, withMutations } from "./optimistic.ts";
import type { Caller } from "../connection/calls.ts";

export const CHANGES_MAX = 100; // pending or failed
/** Reactions of mine that the messages themselves don't name. */
const MINE_MAX = 500;

export interface Changes {
  /** All pending and failed changes, in order. */
  all: ReadonlySignal<readonly Change[]>;
  /** The messages with these changes applied. The same array if nothing differs. */
  shown(messages: readonly Message[]): readonly Message[];
  change(message: Message, mutation: Mutation): void;
  /** Reacts, or takes it back. `message` is as shown. */
  toggle(message: Message, emoji: string): Promise<void>;
  /** The failed changes of a message. */
  failed(message: Message): readonly Change[];
  /** Drops failed changes that were made nevertheless; `messages` are as the server has them. */
  settle(messages: readonly Message[]): void;
  retry(id: number): void;
  discard(id: number): void;
}

export interface ChangesDeps {
  me: string;
  call: Caller;
  /** The server has taken a change: the message as it is now. */
  taken(message: Message): void;
}

export function createChanges({ me, call, taken }: ChangesDeps): Changes {
  const all = signal<readonly Change[]>([]);
  const mine = signal<ReadonlySet<string>>(new Set());
  /** The end of each room's queue of changes. */
  const queues = new Map<string, Promise<void>>();
  let last = 0;

  const put = (one: Change) => void (all.value = all.peek().map((it) => it.id === one.id ? one : it));
  const drop = (id: number) => void (all.value = all.peek().filter((it) => it.id !== id));

  function enqueue(one: Change) {
    const end = (queues.get(one.room) ?? Promise.resolve()).then(() => run(one));
    queues.set(one.room, end);
    void end.then(() => queues.get(one.room) === end && queues.delete(one.room));
  }

  /** Never rejects. */
  async function run(one: Change) {
    try {
      const { message } = await ask(call, one);
      batch(() => {
        if (one.mutation.kind === "react") know(message, one.mutation.emoji, one.mutation.on);
        taken(message);
        drop(one.id);
      });
    } catch (error) {
      put({ ...one, state: "failed", reason: errorWords(error) });
    }
  }

  function know(message: Message, emoji: string, is: boolean) {
    const next = new Set(mine.peek());
    const key = reactionKey(message, emoji);
    next.delete(key);
    if (is) next.add(key);
    const [oldest] = next;
    if (next.size > MINE_MAX && oldest !== undefined) next.delete(oldest);
    mine.value = next;
  }

  /** Whether I am among those who reacted so: a message names only the first of them. */
  async function isAmong({ room, seq }: Message, emoji: string): Promise<boolean> {
    return (await call("messages.reactors", { room, seq, emoji, user: me })).users.length > 0;
  }

  function change({ room, seq }: Message, mutation: Mutation) {
    // A new change replaces a failed one of the same kind.
    const others = all.peek().filter((it) =>
      it.state === "pending" || it.room !== room || it.seq !== seq || !isSame(it.mutation, mutation)
    );
    const one: Change = { id: ++last, room, seq, mutation, state: "pending" };
    if (others.length >= CHANGES_MAX) {
      all.value = [...others, { ...one, state: "failed", reason: "Too many changes are waiting." }];
      return;
    }
    all.value = [...others, one];
    enqueue(one);
  }

  return {
    all,
    shown: (messages) => withMutations(messages, all.value, { me, mine: mine.value }),
    change,
    async toggle(message, emoji) {
      const { count = 0, users = [] } = message.reactions[emoji] ?? {};
      const isMine = users.includes(me) ||
        (count > users.length && await isAmong(message, emoji).catch(() => false));
      if (isMine) know(message, emoji, true);
      change(message, { kind: "react", emoji, on: !isMine });
    },
    failed: ({ room, seq }) => all.value.filter((it) => it.room === room && it.seq === seq && it.state === "failed"),
    settle(messages) {
      const isOver = (it: Change) => {
        const message = messages.find(({ room, seq }) => room === it.room && seq === it.seq);
        return it.state === "failed" && message !== undefined && hasCome(message, it.mutation, me);
      };
      if (all.peek().some(isOver)) all.value = all.peek().filter((it) => !isOver(it));
    },
    retry(id) {
      const one = all.peek().find((it) => it.id === id && it.state === "failed");
      if (!one) return;
      const again: Change = { ...one, state: "pending" };
      put(again);
      enqueue(again);
    },
    discard: drop,
  };
}

function ask(call: Caller, { room, seq, mutation }: Change): Promise<{ message: Message }> {
  switch (mutation.kind) {
    case "edit":
      return call("messages.edit", { room, seq, text: mutation.text });
    case "delete":
      return call("messages.delete", { room, seq });
    case "react":
      return call(mutation.on ? "messages.react" : "messages.unreact", { room, seq, emoji: mutation.emoji });
  }
}

function isSame(a: Mutation, b: Mutation): boolean {
  return a.kind === b.kind && (a.kind !== "react" || b.kind !== "react" || a.emoji === b.emoji);
}
