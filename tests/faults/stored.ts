/** What is on disk, read straight from the database file once no server has it open. */
import assert from "node:assert/strict";
import { decode } from "../../lib/server/kv/codec.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import { formatOffset } from "../../lib/server/log/offset.ts";
import type { Head, StoredEvent } from "../../lib/server/log/types.ts";

export interface StoredMessage {
  key: string;
  by: string;
  text: string;
  n?: number;
  mentions?: string[];
}

export interface Stored {
  /** By stream, its events in the order of their seqs. */
  streams: Map<string, StoredEvent[]>;
  heads: Map<string, Head>;
  /** By room, the messages by seq. */
  messages: Map<string, Map<number, StoredMessage>>;
  /** A person's mark in a room. */
  marks: Map<string, { seq: number; n: number }>;
  offset(at: { seq: number; tag: string }): string;
}

function isMessage(value: unknown): value is StoredMessage {
  return typeof value === "object" && value !== null && "key" in value && "by" in value && "text" in value;
}

function toMark(data: unknown): { seq: number; n: number } {
  assert.ok(typeof data === "object" && data !== null && "seq" in data && "n" in data);
  const { seq, n } = data;
  assert.ok(typeof seq === "number" && typeof n === "number");
  return { seq, n };
}

/** Reads everything that these streams and people have under `dataDir`. */
export async function readStored(dataDir: string, rooms: string[], people: string[]): Promise<Stored> {
  const kv = await Deno.openKv(`${dataDir}/rivulet.sqlite`);
  async function get<T>(key: Deno.KvKey): Promise<T | undefined> {
    const { value } = await kv.get<Uint8Array>(key);
    return value === null ? undefined : decode<T>(value);
  }
  async function list<T>(prefix: Deno.KvKey): Promise<{ key: Deno.KvKey; value: T }[]> {
    const entries = await Array.fromAsync(kv.list<Uint8Array>({ prefix }));
    return entries.map(({ key, value }) => ({ key, value: decode<T>(value) }));
  }
  try {
    const epoch = await get<string>(keys.epoch()) ?? "";
    const stored: Stored = {
      streams: new Map(),
      heads: new Map(),
      messages: new Map(),
      marks: new Map(),
      offset: ({ seq, tag }) => formatOffset({ epoch, seq, tag }),
    };
    for (const stream of [...rooms.map((id) => `room:${id}`), ...people.map((id) => `user:${id}`), "feed"]) {
      const segments = await list<StoredEvent[]>(["log", stream]);
      const head = await get<Head>(keys.head(stream));
      stored.streams.set(stream, [...segments.flatMap(({ value }) => value), ...head?.tail ?? []]);
      if (head) stored.heads.set(stream, head);
    }
    for (const room of rooms) {
      const messages = await list<StoredMessage>(keys.messages(room));
      const byPlace = new Map(messages.map(({ key, value }) => [Number(key.at(-1)), value]));
      for (const { seq, document } of stored.heads.get(`room:${room}`)?.tail ?? []) {
        if (document && isMessage(document.value)) byPlace.set(seq, document.value);
      }
      stored.messages.set(room, byPlace);
    }
    for (const person of people) {
      for (const room of rooms) {
        const name = `reads ${room}`;
        const inTail = stored.heads.get(`user:${person}`)?.tail.findLast((event) => event.latest === name);
        const mark = inTail ?? await get<{ data: unknown }>(keys.latest(`user:${person}`, name));
        if (mark) stored.marks.set(`${person} ${room}`, toMark(mark.data));
      }
    }
    return stored;
  } finally {
    kv.close();
  }
}
