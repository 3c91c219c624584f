/**
 * The outbox. Messages of a room leave one by one in the order in which they were written. Each keeps its key, so that
 * a retry sends nothing twice. Offline they wait; a message that the server refuses is kept as failed.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { errorWords } from "../../model/problem_words.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/messages.ts";
import { ASKED_MAX_MS, backoff } from "../connection/backoff.ts";
import type { Caller } from "../connection/calls.ts";
import type { Cancel, Clock } from "../connection/clock.ts";
import type { OutboxStorage, Outgoing } from "./outbox_storage.ts";
import { isPassing } from "../connection/refusal.ts";

export const OUTBOX_MAX = 500; // messages
/** After this many tries a message stops blocking those behind it. */
export const TRIES_MAX = 20;
/** New messages wait at most so long for those that an earlier page stored, because storage may hang. */
export const LOAD_WAIT_MS = 3_000;

export interface SendQueueDeps {
  call: Caller;
  live: ReadonlySignal<boolean>;
  storage: OutboxStorage;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  newKey(): string;
  /** The server has it. */
  sent(message: Message): void;
}

export interface SendQueue {
  /** In the order in which they were written, all rooms. */
  items: ReadonlySignal<readonly Outgoing[]>;
  /** Loads the messages that an earlier page left. New ones wait for them, but for 3 s at most. */
  load(): Promise<void>;
  /** Throws `Refusal("rate_limited")` when 500 wait. */
  send(room: string, text: string): Outgoing;
  retry(key: string): void;
  discard(key: string): void;
  /** Its event came, so it was sent, even if the reply was lost. */
  settle(key: string): void;
  stop(): void;
}

export function createSendQueue(deps: SendQueueDeps): SendQueue {
  const { call, live, storage, clock, random, newKey, sent } = deps;
  const items = signal<readonly Outgoing[]>([]);
  const busy = new Set<string>(); // rooms
  const waits = new Map<string, Cancel>(); // rooms
  const tries = new Map<string, number>(); // keys
  let loaded = false;
  let cancelBegin: Cancel = () => {};

  async function send(one: Outgoing) {
    busy.add(one.room);
    try {
      const { message } = await call("messages.send", { room: one.room, text: one.text, key: one.key });
      remove(one.key);
      sent(message);
    } catch (error) {
      refused(one, error);
    }
    busy.delete(one.room);
    pump(one.room);
  }

  function refused(one: Outgoing, error: unknown) {
    const count = (tries.get(one.key) ?? 0) + 1;
    tries.set(one.key, count);
    if (!isPassing(error) || count >= TRIES_MAX) {
      return change(one.key, (it) => ({ ...it, state: "failed", reason: errorWords(error) }));
    }
    const { code, extra } = error instanceof Refusal ? error : new Refusal("unavailable", "");
    const asked = Math.min(extra.retryAfter ?? 0, ASKED_MAX_MS);
    // A rate limit is one's own, and its end is known. Storage is unavailable to all, who must not come back at once.
    const isOwn = code === "rate_limited" && asked > 0;
    waits.get(one.room)?.();
    waits.set(one.room, clock.after(isOwn ? asked : asked + backoff(count, random), () => awake(one.room)));
  }

  function awake(room: string) {
    waits.get(room)?.();
    waits.delete(room);
    pump(room);
  }

  function pump(room: string) {
    if (!loaded || !live.peek() || busy.has(room) || waits.has(room)) return;
    const next = items.peek().find((it) => it.room === room && it.state === "pending");
    if (next) void send(next);
  }

  function remove(key: string) {
    items.value = items.peek().filter((it) => it.key !== key);
    tries.delete(key);
    void storage.remove(key);
  }

  function change(key: string, to: (it: Outgoing) => Outgoing) {
    items.value = items.peek().map((it) => it.key === key ? to(it) : it);
    const changed = items.peek().find((it) => it.key === key);
    if (changed) void storage.put(changed);
  }

  function begin() {
    cancelBegin();
    loaded = true;
    pumpAll();
  }

  const pumpAll = () => new Set(items.peek().map((it) => it.room)).forEach(awake);
  const stop = effect(() => {
    if (live.value) pumpAll();
  });

  return {
    items,
    async load() {
      cancelBegin = clock.after(LOAD_WAIT_MS, begin);
      const all = await storage.load();
      const known = new Set(items.peek().map((it) => it.key));
      items.value = [...all.filter((it) => !known.has(it.key)), ...items.peek()];
      begin();
    },
    send(room, text) {
      if (items.peek().length >= OUTBOX_MAX) {
        throw new Refusal("rate_limited", `Cannot send message: ${OUTBOX_MAX} are waiting`);
      }
      const latest = items.peek().at(-1)?.at ?? 0;
      // It is later than the one before, whatever the clock does, so that a reload keeps the order.
      const one: Outgoing = { room, key: newKey(), text, at: Math.max(clock.now(), latest + 1), state: "pending" };
      items.value = [...items.peek(), one];
      void storage.put(one);
      pump(room);
      return one;
    },
    retry(key) {
      const one = items.peek().find((it) => it.key === key && it.state === "failed");
      if (!one) return;
      tries.delete(key);
      change(key, ({ reason: _, ...it }) => ({ ...it, state: "pending" }));
      pump(one.room);
    },
    discard: remove,
    settle: (key) => items.peek().some((it) => it.key === key) && remove(key),
    stop() {
      stop();
      cancelBegin();
      waits.forEach((cancel) => cancel());
    },
  };
}
