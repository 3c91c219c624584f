/** A client that follows streams by offset, whatever happens to its connection, and keeps a log of what it applied. */
import type { ServerFrame } from "../../lib/protocol/frames.ts";
import { parseServerFrame } from "../support/frames.ts";
import { type Message, message } from "../../lib/protocol/messages.ts";
import { parseOffset } from "../../lib/server/log/offset.ts";
import type { Person } from "../support/people.ts";
import { type Line, openLine, type Transport } from "./lines.ts";
import type { Random } from "./random.ts";
import type { Way } from "./site.ts";
import { type MessageCheck, Misstated } from "./message_check.ts";
import { createWatched, pause } from "./within.ts";

const FRAMES_BETWEEN_DROPS = 60; // at most, before a follower drops its own line
const BACKOFF_MS = 50; // at most, before it connects again

/** The server broke the contract: no fault excuses it. */
class Violation extends Error {
  override name = "Violation";
}

/** An event as it was applied, with the positions of the frame that it came in. */
export interface Entry {
  stream: string;
  from: string;
  to: string;
  seq: number;
  type: string;
  /** Of a message that it tells. */
  key?: string;
  /** Its data as JSON, if it is about no message. */
  content?: string;
  /** Who did it, and when. */
  by: string;
  at: number;
}

export interface Follower {
  readonly name: string;
  readonly entries: Entry[];
  /** By stream, the offset at which delivery began. */
  readonly starts: ReadonlyMap<string, string>;
  /** By stream, the offset up to which everything was applied. */
  readonly positions: ReadonlyMap<string, string>;
  /** The messages that were changed, by room and seq, as of the last event about each. */
  readonly changed: ReadonlyMap<string, Message>;
  /** By room, how many messages its connection's digest counts; undefined if it has not named the room. */
  readonly digest: ReadonlyMap<string, number> | undefined;
  /** By room, the person's mark as of the last event about it. */
  readonly marks: ReadonlyMap<string, number>;
  /** The seq of the last event of a stream. */
  seqOf(stream: string): number;
  /** Goes on over this transport. */
  switchTo(transport: Transport): void;
  /** How often it came back. */
  readonly connects: number;
  /** Waits until this holds of it. */
  until(holds: () => boolean, ms: number, what: string | (() => string)): Promise<void>;
  /** Waits until each of these streams stands at its offset. */
  reached(offsets: Map<string, string>, ms: number): Promise<void>;
  /** Ends it; throws what went wrong meanwhile. */
  stop(): Promise<void>;
}

/**
 * Starts following `streams`. Now and then it drops its own line, and comes back over one of `transports`.
 */
export function createFollower(
  site: Way,
  person: Person,
  streams: string[],
  random: Random,
  transports: Transport[] = ["ws"],
  { messageCheck, still = false }: {
    /** Takes each message that comes. */
    messageCheck?: MessageCheck | undefined;
    /** Nothing is written while it follows: each message is told one way only, as it is now. */
    still?: boolean;
  } = {},
): Follower {
  const entries: Entry[] = [];
  const starts = new Map<string, string>();
  const positions = new Map<string, string>();
  const changed = new Map<string, Message>();
  const marks = new Map<string, number>();
  const revs = new Map<string, number>();
  let digest: Map<string, number> | undefined;
  const watched = createWatched();
  const cursor: { value?: string } = {};
  let line: Line | undefined;
  let wanted: Transport | undefined;
  let connects = 0;
  let stopped = false;
  let failure: unknown;

  function apply(frame: ServerFrame): void {
    if (frame.t === "gone") throw new Violation(`${person.handle} was told ${JSON.stringify(frame)}`);
    if (frame.t === "followed") {
      const asked = positions.get(frame.stream);
      if (asked !== undefined && asked !== frame.offset) {
        throw new Violation(`Resumed at ${frame.offset}, not at ${asked}`);
      }
      positions.set(frame.stream, frame.offset);
      if (!starts.has(frame.stream)) starts.set(frame.stream, frame.offset);
    }
    if (frame.t === "digest") {
      digest ??= new Map();
      for (const [room, { n }] of Object.entries(frame.rooms)) digest.set(room, n);
    }
    if (frame.t === "events") {
      const { stream, from, to } = frame;
      if (!positions.has(stream)) stands(stream, from); // a poll tells no start
      if (positions.get(stream) !== from) {
        throw new Violation(`${stream}: events from ${from} at ${positions.get(stream)}`);
      }
      for (const { seq, type, data, by, at } of frame.events) {
        const key = keyOf(data);
        const content = key === undefined ? { content: JSON.stringify(data) } : { key: once(key) };
        entries.push({ stream, from, to, seq, type: once(type), by: once(by), at, ...content });
        if (key !== undefined) messageCheck?.take(Object(data).message, `${person.handle}, of ${stream} ${seq}`);
        if (key !== undefined && still) stays(Object(data).message);
        if (type === "reads.marked") marks.set(Object(data).room, Object(data).n);
        if (/^messages\.(edited|deleted|reacted)$/.test(type)) change(seq, data);
      }
      positions.set(stream, to);
    }
    watched.changed();
  }

  /** What an event about a message says holds unless something newer was told (lib/protocol/README.md §3, `rev`). */
  function change(seq: number, data: unknown): void {
    const found = typeof data === "object" && data !== null && "message" in data ? data.message : undefined;
    const { data: now } = message.safeParse(found);
    if (!now || now.rev < seq) throw new Violation(`${person.handle}: ${seq} tells a message of before it`);
    const name = `${now.room} ${now.seq}`;
    if (now.rev > (changed.get(name)?.rev ?? 0)) changed.set(name, now);
  }

  /** Replay tells a message as it is, whatever became of it since its event (lib/protocol/README.md §4). */
  function stays({ room, seq, rev }: Message): void {
    const name = `${room} ${seq}`;
    const before = revs.get(name) ?? rev;
    if (before !== rev) throw new Violation(`${person.handle}: ${name} is told as of ${before}, and as of ${rev}`);
    revs.set(name, rev);
  }

  function stands(stream: string, offset: string): void {
    if (!positions.has(stream)) {
      positions.set(stream, offset);
      starts.set(stream, offset);
    }
    if (positions.get(stream) !== offset) throw new Violation(`${stream}: told ${offset}, at ${positions.get(stream)}`);
    watched.changed();
  }

  /** One connection, from its opening to its end. */
  async function connect(): Promise<void> {
    const transport = wanted ?? transports[random.between(0, transports.length - 1)] ?? "ws";
    wanted = undefined;
    digest = undefined; // the new connection tells all of it
    if (transport !== "sse") delete cursor.value;
    const positionOf = (stream: string) => positions.get(stream);
    line = await openLine(transport, { site, person, streams, positionOf, stands, cursor });
    connects++;
    for (let left = random.between(2, FRAMES_BETWEEN_DROPS); left > 0 && !stopped; left--) {
      for (const text of await line.next()) {
        const frame = parseServerFrame(text);
        if (!frame) throw new Violation(`No frame: ${text.slice(0, 200)}`);
        apply(frame);
      }
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await site.up();
      try {
        await connect();
      } catch (error) {
        // A line that went away is what this test is about; what was heard over it must be right.
        if (error instanceof Violation || error instanceof Misstated) throw error;
        await pause(random.between(0, BACKOFF_MS));
      } finally {
        await line?.drop();
        line = undefined;
      }
    }
  }
  const running = run().catch((error) => {
    failure = error;
    watched.changed();
  });

  async function until(holds: () => boolean, ms: number, what: string | (() => string)): Promise<void> {
    await watched.until(() => failure !== undefined || holds(), ms, what);
    if (failure !== undefined) throw failure;
  }

  return {
    name: person.handle,
    until,
    get digest() {
      return digest;
    },
    marks,
    seqOf: (stream) => parseOffset(positions.get(stream) ?? "")?.seq ?? 0,
    entries,
    starts,
    positions,
    changed,
    switchTo(transport) {
      wanted = transport;
      void line?.drop();
    },
    get connects() {
      return connects;
    },
    async reached(offsets, ms) {
      const behind = () => [...offsets].filter(([stream, offset]) => positions.get(stream) !== offset);
      const what = () => `${person.handle} to reach ${JSON.stringify(behind())}, at ${JSON.stringify([...positions])}`;
      await until(() => behind().length === 0, ms, what);
    },
    async stop() {
      stopped = true;
      await line?.drop();
      await running;
      if (failure !== undefined) throw failure;
    },
  };
}

const texts = new Map<string, string>();

/** The same text as one object: a long run applies millions of events, and each brings its own. */
function once(text: string): string {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, text);
  return known ?? text;
}

function keyOf(data: unknown): string | undefined {
  const message = typeof data === "object" && data !== null && "message" in data ? data.message : undefined;
  const key = typeof message === "object" && message !== null && "key" in message ? message.key : undefined;
  return typeof key === "string" ? key : undefined;
}
