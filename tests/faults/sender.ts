/** A client that sends with keys, several in flight, and repeats each until it is acknowledged. */
import { commands } from "../../lib/protocol/commands.ts";
import { parseServerFrame } from "../support/frames.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { connectRaw, type RawWs } from "../support/raw_ws.ts";
import type { Person } from "../support/people.ts";
import type { Random } from "./random.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Way } from "./site.ts";
import { timeText } from "../support/storage.ts";
import { pause } from "./within.ts";

const IN_FLIGHT = 8; // by default
const BACKOFF_MS = 50; // at most, before it connects again
const NAMED_EACH = 20; // one message in so many mentions somebody

/** What the server said of a send. */
export interface Acknowledged {
  by: string;
  room: string;
  key: string;
  text: string;
  seq: number;
  n: number | undefined;
  offset: string;
}

export interface Sender {
  /** By key, everything that was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
  /** Keys of what was refused once, or under way beside it, and so may stand behind what was sent later. */
  readonly refused: ReadonlySet<string>;
  readonly gate: Gate;
  /** Sends no more; resolves once all that was sent is acknowledged. Throws what went wrong. */
  finish(): Promise<void>;
}

interface Send {
  room: string;
  key: string;
  text: string;
}

/** Starts sending into `rooms`, by the seed's choice. `told` is called for each acknowledgement. */
export function createSender(
  site: Way,
  person: Person,
  rooms: string[],
  random: Random,
  onSent: (sent: Acknowledged) => void,
  { characters, inFlight = IN_FLIGHT, handles = [], answered = () => {} }: {
    characters?: number;
    inFlight?: number;
    /** Whom its messages mention now and then. */
    handles?: readonly string[] | undefined;
    /** Called with each message that an answer tells. */
    answered?: ((message: Message) => void) | undefined;
  } = {},
): Sender {
  const acknowledged = new Map<string, Acknowledged>();
  const refused = new Set<string>();
  const gate = createGate(person.handle);
  const waiting: Send[] = [];
  let made = 0;
  let finishing = false;

  function make(): Send {
    const key = `${timeText(Date.now())}${person.handle}-${String(++made).padStart(16, "0")}`;
    const room = rooms[random.between(0, rooms.length - 1)] ?? "";
    const text = `${key} ${"x".repeat(characters ?? random.between(1, 400))}`;
    const handle = handles[random.between(0, NAMED_EACH * Math.max(1, handles.length) - 1)];
    return { room, key, text: handle === undefined ? text : `@${handle} ${text}` };
  }

  async function connect(): Promise<void> {
    const line = await connectRaw({ port: site.port, path: "/live/ws?v=1", headers: person.api.headers() });
    try {
      // What the last connection left open goes first, in its order.
      for (const send of waiting) await say(line, send);
      while (goesOn() || waiting.length > 0) {
        while (goesOn() && waiting.length < inFlight) {
          const send = make();
          waiting.push(send);
          await say(line, send);
        }
        hear(await line.next());
      }
    } finally {
      line.drop();
      await line.closed;
    }
  }

  const goesOn = () => !finishing && !gate.isShut;

  function say(line: RawWs, { room, key, text }: Send): Promise<void> {
    const id = Number(key.slice(-16));
    return line.send(JSON.stringify({ t: "call", id, name: "messages.send", body: { room, key, text } }));
  }

  function hear(text: string): void {
    const frame = parseServerFrame(text);
    if (frame?.t !== "reply") return;
    const at = waiting.findIndex(({ key }) => Number(key.slice(-16)) === frame.id);
    const send = waiting[at];
    if (!send) return; // acknowledged over a connection before
    if (frame.error?.code === "unavailable") {
      // What came behind it may have been refused too: those answers are lost with this line.
      for (const { key } of waiting) refused.add(key);
      throw new Error("The server is going down, or storage is away"); // and takes no more
    }
    if (frame.error) throw new TypeError(`${send.key} was refused: ${JSON.stringify(frame.error)}`);
    const { message, offset } = commands["messages.send"].output.parse(frame.result);
    waiting.splice(at, 1);
    const { room, key, seq, n, by } = message;
    const sent = { by, room, key, text: message.text, seq, n, offset };
    acknowledged.set(send.key, sent);
    answered(message);
    onSent(sent);
  }

  async function run(): Promise<void> {
    while (!finishing || waiting.length > 0) {
      if (waiting.length === 0) await gate.pass();
      await site.up();
      try {
        await connect();
      } catch (error) {
        if (error instanceof TypeError) throw error;
        await pause(random.between(0, BACKOFF_MS));
      }
    }
  }
  const running = run().finally(gate.end);
  running.catch(() => {}); // thrown by `finish`

  return {
    acknowledged,
    refused,
    gate,
    async finish() {
      finishing = true;
      gate.open();
      await running;
    },
  };
}
