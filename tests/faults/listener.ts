/** A session of a hub in this process that keeps what it is told, by stream, and can wait for it. */
import assert from "node:assert/strict";
import type { Hub } from "../../lib/server/live/hub.ts";
import { createSession } from "../../lib/server/live/live_session.ts";
import { parseServerFrame } from "../support/frames.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { SeenEvent } from "./recount.ts";
import type { MessageCheck } from "./message_check.ts";
import { createWatched } from "./within.ts";

const HEARD_MS = 2_000; // each event, whatever comes behind it

export interface Listener {
  /** By stream, what it was told, in order of coming. */
  readonly events: ReadonlyMap<string, readonly SeenEvent[]>;
  /** By room, as its digest stands. */
  readonly digest: ReadonlyMap<string, { n: number; lastAt: number }>;
  /** By stream, why nothing more comes. */
  readonly gone: ReadonlyMap<string, string>;
  /** Follows from an offset; resolves once it does, or is told why not. */
  follow(stream: string, offset: string): Promise<void>;
  /** Resolves once `seq` of `stream` was told; rejects after 2 s. */
  heard(stream: string, seq: number): Promise<void>;
  until(holds: () => boolean, what: string): Promise<void>;
  /** Gets the digest from now on. */
  greet(): Promise<void>;
  close(): void;
}

export function createListener(hub: Hub, user: User, messageCheck: MessageCheck): Listener {
  const events = new Map<string, SeenEvent[]>();
  const digest = new Map<string, { n: number; lastAt: number }>();
  const gone = new Map<string, string>();
  const positions = new Map<string, string>();
  const watched = createWatched();
  let failure: unknown;

  function apply(text: string): void {
    const frame = parseServerFrame(text);
    assert.ok(frame, `no frame: ${text}`);
    if (frame.t === "followed") positions.set(frame.stream, frame.offset);
    if (frame.t === "gone") gone.set(frame.stream, frame.reason);
    if (frame.t === "digest") { for (const [room, line] of Object.entries(frame.rooms)) digest.set(room, line); }
    if (frame.t !== "events") return;
    const { stream, from, to } = frame;
    assert.equal(from, positions.get(stream), `${user.handle}: events of ${stream} from elsewhere`);
    positions.set(stream, to);
    const mine = events.get(stream) ?? [];
    events.set(stream, mine);
    for (const event of frame.events) {
      const last = mine.at(-1);
      if (last) assert.equal(event.seq, last.seq + 1, `${user.handle}: ${stream} is not dense`);
      if (event.type.startsWith("messages.")) messageCheck.take(Object(event.data).message, user.handle);
      mine.push({ ...event });
    }
    assert.equal(Number(to.split("_")[1]), mine.at(-1)?.seq, `${user.handle}: ${stream} ends elsewhere`);
  }

  const session = createSession({
    hub,
    user,
    id: `s-${user.id}`,
    hash: `h-${user.id}`,
    sink: {
      writable: () => true,
      send({ text }) {
        try {
          apply(text);
        } catch (error) {
          failure ??= error; // the hub must not see it
        }
        watched.changed();
      },
      ended: (reason) => failure ??= new Error(`${user.handle} was sent away: ${reason}`),
    },
  });

  async function until(holds: () => boolean, what: string): Promise<void> {
    await watched.until(() => failure !== undefined || holds(), HEARD_MS, `${what}, for ${user.handle}`);
    if (failure !== undefined) throw failure;
  }

  return {
    events,
    digest,
    gone,
    until,
    follow(stream, offset) {
      gone.delete(stream);
      positions.delete(stream);
      session.follow({ [stream]: offset });
      return until(() => positions.has(stream) || gone.has(stream), `an answer to ${stream} from ${offset}`);
    },
    heard: (stream, seq) => until(() => (events.get(stream)?.at(-1)?.seq ?? 0) >= seq, `${stream} ${seq}`),
    greet: () => hub.greet(session),
    close: () => session.close(),
  };
}
