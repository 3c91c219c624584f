/**
 * What a durable chat without group commit does: one atomic a message, one after the other. Each holds what one of
 * Rivulet's sends writes: the head, the event, the message and its idempotency key. Takes a folder and seconds.
 */
const WARM_UP_MS = 500;
const [folder = "", seconds = "5"] = Deno.args;
const TEXT = "x".repeat(120);

const kv = await Deno.openKv(`${folder}/commits.sqlite`);
const room = crypto.randomUUID();
const by = crypto.randomUUID();
const stream = `room:${room}`;
let seq = 0;

async function commit() {
  seq++;
  const key = crypto.randomUUID();
  const at = Date.now();
  const result = await kv.atomic()
    .set(["log", stream, "head"], { seq, tag: "abcd", first: 1, n: seq, lastAt: at, authority: 1 })
    .set(["log", stream, seq], { seq, tag: "abcd", type: "messages.sent", at, by, data: {}, about: seq })
    .set(["message", room, seq], { seq, n: seq, rev: seq, key, by, at, text: TEXT, mentions: [], reactions: {} })
    .set(["sent", by, key], { command: "messages.send", hash: "x".repeat(43), room, seq, expiresAt: at })
    .commit();
  if (!result.ok) throw new Error("A commit without checks was refused");
}

async function during(ms: number): Promise<number> {
  const before = seq;
  const from = performance.now();
  while (performance.now() - from < ms) await commit();
  return (seq - before) / ((performance.now() - from) / 1_000);
}

await during(WARM_UP_MS);
console.log(JSON.stringify({ commitsPerSecond: await during(Number(seconds) * 1_000) }));
kv.close();
