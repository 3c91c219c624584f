/**
 * Fills a room with messages, far faster than they could be sent: copies what its newest message left in storage (head,
 * event, message, idempotency key) under the seqs that follow. The server must not run. Takes the data folder, the
 * room's id, its newest seq and how many to add; says how many there are.
 */
import { keys } from "../../lib/kv/keys.ts";

const ATOMIC_MESSAGES = 300; // three sets each, of the 1000 that KV allows
const ID_CHARS = 8;

const [folder = "", room = "", newest = "", add = ""] = Deno.args;
const stream = `room:${room}`;
const from = Number(newest);
const count = Number(add);

type Document = Record<string, unknown>;
const kv = await Deno.openKv(`${folder}/rivulet.sqlite`);
const head = await read(keys.head(stream));
const event = await read(keys.event(stream, from));
const message = await read(keys.message(room, from));
const { by, key } = message;
if (typeof by !== "string" || typeof key !== "string") throw new Error("The message names no author or no key");
const sent = await read(keys.sent(by, key));
const run = crypto.randomUUID().slice(0, ID_CHARS);
const first = Number(head.n) + 1 - from; // a seq plus this, less one, is its number

for (let at = from + 1; at <= from + count; at += ATOMIC_MESSAGES) {
  const atomic = kv.atomic();
  const end = Math.min(at + ATOMIC_MESSAGES, from + count + 1);
  for (let seq = at; seq < end; seq++) {
    const n = seq + first - 1;
    const copyKey = `seed_${run}_${String(seq).padStart(10, "0")}`;
    atomic.set(keys.event(stream, seq), { ...renumbered(event, seq), about: seq });
    atomic.set(keys.message(room, seq), { ...renumbered(message, seq), key: copyKey, n, rev: seq });
    atomic.set(keys.sent(by, copyKey), renumbered(sent, seq));
  }
  const last = end - 1;
  atomic.set(keys.head(stream), { ...head, seq: last, tag: event.tag, n: last + first - 1 });
  await atomic.commit();
}
kv.close();
console.log(JSON.stringify({ n: Number(head.n) + count }));

async function read(at: Deno.KvKey): Promise<Document> {
  const { value } = await kv.get<Document>(at);
  if (value === null) {
    throw new Error(`Nothing is stored at ${JSON.stringify(at)}: its shape has changed, change the seed`);
  }
  return value;
}

/** A copy of a document with its own `seq`, where it has one. */
function renumbered(document: Document, seq: number): Document {
  return { ...document, ...("seq" in document && { seq }) };
}
