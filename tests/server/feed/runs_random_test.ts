/** Direct conversations at random: after every step the entries are what the contract's words make of the history. */
import assert from "node:assert/strict";
import type { Person } from "../../support/services.ts";
import { chosenSeed, createRandom, type Random } from "../../faults/random.ts";
import { type FeedCase, withFeed } from "./with_feed.ts";

const STEPS = 25; // in each conversation

interface Sent {
  n: number;
  seq: number;
  by: string;
  mentions: string[];
  gone: boolean;
}

/** What a step did: nothing to a message, or one was sent, edited or deleted. */
interface Step {
  kind: "sent" | "edited" | "deleted" | "marked";
  message?: Sent;
  /** Those whom the edit mentions no more. */
  dropped?: string[];
}

interface Told {
  kind: string;
  n: number;
}

/** One participant, by what they did and saw. */
interface Reader {
  person: Person;
  mark: number;
  /** The first of what they had not read when the last one came or they went back; undefined after they wrote. */
  start: number | undefined;
  told: Told[];
}

const pick = <T>(random: Random, some: readonly T[]): T | undefined => some[random.between(0, some.length - 1)];

/** Does something at random, and says what. */
async function act(
  random: Random,
  room: string,
  readers: Reader[],
  sent: Sent[],
  send: FeedCase["send"],
): Promise<Step> {
  const reader = pick(random, readers);
  if (!reader) throw new RangeError("Nobody is in the conversation");
  const { person: { user, call } } = reader;
  const some = readers.filter(() => random.next() < 0.3).map(({ person }) => person.user);
  const text = `${random.between(1, 1e9)} ${some.map(({ handle }) => `@${handle}`).join(" ")}`;
  const mentions = some.map(({ id }) => id);
  const message = pick(random, sent.filter((one) => one.by === user.id && !one.gone).slice(-4));
  const dice = random.next();
  if (dice < 0.3 && sent.length > 0) {
    const n = random.between(0, sent.length);
    await call("reads.mark", { room, seq: sent[n - 1]?.seq ?? 0, back: true });
    if (n < reader.mark) reader.start = n + 1;
    reader.mark = n;
    return { kind: "marked" };
  }
  if (dice < 0.5 && message) {
    await call("messages.edit", { room, seq: message.seq, text });
    const dropped = message.mentions.filter((id) => !mentions.includes(id));
    message.mentions = mentions;
    return { kind: "edited", message, dropped };
  }
  if (dice < 0.65 && message) {
    await call("messages.delete", { room, seq: message.seq });
    message.gone = true;
    return { kind: "deleted", message };
  }
  const n = sent.length + 1;
  const made = { n, seq: await send(reader.person, room, text), by: user.id, mentions, gone: false };
  sent.push(made);
  return { kind: "sent", message: made };
}

/** Throws if a step did not leave these entries to a reader, by their mark and entries before it. */
function judge({ person: { user: { id } }, mark, start, told: had }: Reader, now: Told[], step: Step, sent: Sent[]) {
  const ofOthers = sent.filter(({ by, gone }) => by !== id && !gone);
  const numbers = (all: Told[], kind: string) => all.filter((one) => one.kind === kind).map(({ n }) => n).sort();
  const mentioned = ofOthers.filter(({ mentions }) => mentions.includes(id)).map(({ n }) => n);
  assert.deepEqual(numbers(now, "mentioned"), mentioned.sort(), "one entry for each mention that stands");
  const [before, messaged] = [numbers(had, "messaged"), numbers(now, "messaged")];
  assert.equal(new Set(messaged).size, messaged.length, "one entry for one message");
  assert.ok(messaged.every((n) => ofOthers.some((one) => one.n === n)), "no entry for what is gone");
  const lost = before.filter((n) => !messaged.includes(n));
  assert.ok(lost.every((n) => step.kind === "deleted" && n === step.message?.n), "none goes but with its message");

  const isTold = (all: Told[], after: number) => all.some(({ n }) => n > after);
  const { kind, message } = step;
  for (const n of messaged.filter((one) => !before.includes(one))) {
    assert.equal(n, message?.n, "what is new is about the message of the step");
    const others = kind === "edited" ? now.filter((one) => one.n !== n) : had;
    const isNews = kind === "sent" && mark >= n - 1;
    const isMend = n > mark && !isTold(others, mark) && (kind === "sent" || step.dropped?.includes(id));
    assert.ok(isNews || isMend, "nothing is told twice");
  }
  if (kind === "sent" && message?.by !== id && start !== undefined) {
    assert.ok(isTold(now, Math.min(start - 1, mark)), "an entry tells of what is unread");
  }
  if (kind === "edited" && isTold(had, mark)) assert.ok(isTold(now, mark), "an edit leaves what is unread told");
}

Deno.test("after any history of direct conversations, an entry tells of what is unread, and nothing is told twice", () =>
  withFeed(async ({ owner, join, send }) => {
    const random = createRandom(chosenSeed("runs of direct messages"));
    const [ann, ben, cas] = [await join("ann"), await join("ben"), await join("cas")];
    for (const people of [[owner, ann, ben], [owner, ann, cas], [owner, ben, cas], [ann, ben, cas], [ann, ben]]) {
      const users = people.slice(1).map(({ user }) => user.id);
      const { room: { id } } = await people[0]?.call("rooms.direct", { users }) ?? { room: { id: "" } };
      const readers = people.map((person): Reader => ({ person, mark: 0, start: undefined, told: [] }));
      const sent: Sent[] = [];
      const history: string[] = [];
      for (let at = 0; at < STEPS; at++) {
        const step = await act(random, id, readers, sent, send);
        const { kind, message } = step;
        const marks = readers.map(({ mark }) => mark).join();
        history.push(`${kind} ${message?.n ?? ""} by ${message?.by} @${message?.mentions.join()} marks ${marks}`);
        for (const reader of readers) {
          const isMine = message?.by === reader.person.user.id;
          if (kind === "sent" && message && !isMine && reader.mark >= message.n - 1) reader.start = message.n;
          const { entries } = await reader.person.call("feed.list", { view: "you", room: id, limit: 100 });
          const now = entries.filter(({ n }) => n !== undefined).map(({ kind, n = 0 }) => ({ kind, n }));
          try {
            judge(reader, now, step, sent);
          } catch (error) {
            const who = `${reader.person.user.id} had ${JSON.stringify(reader.told)}, has ${JSON.stringify(now)}`;
            throw new Error([...history, who].join("\n"), { cause: error });
          }
          reader.told = now;
          if (kind === "sent" && message && isMine) [reader.mark, reader.start] = [message.n, undefined];
        }
      }
    }
  }));
