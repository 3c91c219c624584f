/**
 * What a durable chat without group commit does: one atomic a message, one after the other, from as many people in as
 * many rooms as Rivulet's sends come from, in turn. `message` writes the head, the event, the message and its
 * idempotency key; `read` also what informs the sender's other devices that it is read: the mark, and the head and the
 * event of their own stream. Takes a folder, seconds and how many people there are.
 */
const WARM_UP_MS = 500;
const [folder = "", seconds = "5", people = "50"] = Deno.args;
const TEXT = "x".repeat(120);

const kv = await Deno.openKv(`${folder}/commits.sqlite`);
const pairs = Array.from({ length: Number(people) }, () => ({ room: crypto.randomUUID(), by: crypto.randomUUID() }));
let count = 0;

async function commit(read: boolean) {
  const pair = pairs[count % pairs.length];
  if (!pair) throw new Error("Nobody sends");
  const { room, by } = pair;
  const seq = Math.floor(count++ / pairs.length) + 1;
  const key = crypto.randomUUID();
  const at = Date.now();
  const head = { seq, tag: "abcd", first: 1, n: seq, lastAt: at, authority: 1 };
  const event = { seq, tag: "abcd", at, by };
  const atomic = kv.atomic()
    .set(["log", `room:${room}`, "head"], head)
    .set(["log", `room:${room}`, seq], { ...event, type: "messages.sent", data: {}, about: seq })
    .set(["message", room, seq], { seq, n: seq, rev: seq, key, by, at, text: TEXT, mentions: [], reactions: {} })
    .set(["sent", by, key], { command: "messages.send", hash: "x".repeat(43), room, seq, expiresAt: at });
  if (read) {
    atomic
      .set(["mark", by, room], { seq, n: seq })
      .set(["log", `user:${by}`, "head"], head)
      .set(["log", `user:${by}`, seq], { ...event, type: "reads.marked", data: { room, seq, n: seq } });
  }
  const result = await atomic.commit();
  if (!result.ok) throw new Error("A commit without checks was refused");
}

async function during(ms: number, read: boolean): Promise<number> {
  const before = count;
  const from = performance.now();
  while (performance.now() - from < ms) await commit(read);
  return (count - before) / ((performance.now() - from) / 1_000);
}

const half = Number(seconds) * 500;
await during(WARM_UP_MS, true);
console.log(JSON.stringify({ message: await during(half, false), read: await during(half, true) }));
kv.close();
