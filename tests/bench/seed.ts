/**
 * Fills a room with messages, far faster than they could be sent: copies what its newest message left in storage (head
 * with event, message, idempotency key) under the seqs that follow. The server must not run. Takes the data folder, the
 * room's id, its newest seq and how many to add; says how many there are.
 */
import { decode, encode } from "../../lib/server/kv/codec.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import type { Head, StoredEvent } from "../../lib/server/log/types.ts";

const SEGMENT_EVENTS = 9; // as many as leave a head together
const ATOMIC_MESSAGES = 40 * SEGMENT_EVENTS; // two sets each and their segments, of the 1000 that KV allows
const ID_CHARS = 8;

const [folder = "", room = "", newest = "", add = ""] = Deno.args;
const stream = `room:${room}`;
const from = Number(newest);
const count = Number(add);

interface Document {
  [name: string]: unknown;
}
const kv = await Deno.openKv(`${folder}/rivulet.sqlite`);
const head = await read<Head>(keys.head(stream));
const event = head.tail.at(-1);
if (event?.seq !== from) throw new Error("The head holds no event: its shape has changed, change the seed");
const { document: made, ...bare } = event;
const message: Document = Object(made?.value);
const { by, key } = message;
if (typeof by !== "string" || typeof key !== "string") throw new Error("The message names no author or no key");
const sent = await read<Document>(keys.sent(by, key));
const run = crypto.randomUUID().slice(0, ID_CHARS);
const first = head.n + 1 - from; // a seq plus this, less one, is its number

for (let at = from + 1; at <= from + count; at += ATOMIC_MESSAGES) {
  const atomic = kv.atomic();
  let segment: StoredEvent[] = [];
  if (at === from + 1) {
    for (const { document, ...old } of head.tail) {
      if (document) atomic.set(document.key, encode(document.value));
      segment.push(old);
    }
  }
  const end = Math.min(at + ATOMIC_MESSAGES, from + count + 1);
  for (let seq = at; seq < end; seq++) {
    const n = seq + first - 1;
    const copyKey = `seed_${run}_${String(seq).padStart(10, "0")}`;
    segment.push({ ...bare, seq, about: seq });
    if (segment.length === SEGMENT_EVENTS || seq === end - 1) {
      atomic.set(keys.segment(stream, seq), encode(segment));
      segment = [];
    }
    atomic.set(keys.message(room, seq), encode({ ...renumbered(message, seq), key: copyKey, n, rev: seq }));
    atomic.set(keys.sent(by, copyKey), encode(renumbered(sent, seq)));
  }
  const last = end - 1;
  atomic.set(keys.head(stream), encode({ ...head, seq: last, tag: bare.tag, n: last + first - 1, tail: [] }));
  await atomic.commit();
}
kv.close();
console.log(JSON.stringify({ n: head.n + count }));

async function read<T>(at: Deno.KvKey): Promise<T> {
  const { value } = await kv.get<Uint8Array>(at);
  if (value === null) {
    throw new Error(`Nothing is stored at ${JSON.stringify(at)}: its shape has changed, change the seed`);
  }
  return decode(value);
}

/** A copy of a document with its own `seq`, where it has one. */
function renumbered(document: Document, seq: number): Document {
  return { ...document, ...("seq" in document && { seq }) };
}
