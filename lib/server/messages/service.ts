/** Messages: sending, listing, and completing events that name them. */
import type { EntriesService } from "../entries/service.ts";
import { sizeOf } from "../kv/codec.ts";
import type { Database } from "../kv/database.ts";
import { assumeNew, lookUp, type Once, type Use } from "../log/idempotency.ts";
import type { Join, Log } from "../log/log.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/messages.ts";
import { parseStream, roomStream, userStream } from "../../protocol/streams.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import { assertWrites, marked, mayWrite, type RoomAccess, type RoomView } from "../rooms/service.ts";
import { type FindPeople, mentioned } from "./mentions.ts";
import { type Changes, createChanges } from "./changes.ts";
import { createPages } from "./page.ts";
import { createMessagesStore, type MessageDocument, type MessagesStore } from "./store.ts";
import type { NotifierDeps } from "./notification.ts";
import { createNotifier } from "./notifying.ts";
import type { Parser } from "./parser.ts";
import { excerptOf } from "./excerpt.ts";
import type { PendingNotifications } from "./pending.ts";
import { createView } from "./view.ts";
import { createParseWritten } from "./written.ts";

const REPLAYS = ""; // the parser lane for messages that no single person asked for
/** What a send that notifies nobody stores beside its text and its key. A text is far smaller than a value may be. */
const PLAIN_BYTES = 1_400;
const PLAIN_MUTATIONS = 3; // the key, the message's event and the mark's
const SKIPPED_MAX = 100; // messages without a number that are looked through at once

export interface MessagesService extends Changes {
  /** Sends a message; the same key gives the same message. Marks the room read up to it for its author. */
  send(user: User, fields: Parsed<"messages.send">): Promise<Output<"messages.send">>;
  list(user: User, fields: Parsed<"messages.list">): Promise<Output<"messages.list">>;
  get(user: User, room: string, seq: number): Promise<Message>;
  /** The beginnings of messages, as plain text and as they are now; without messages that are deleted or gone. */
  excerpts(reader: string, room: string, seqs: number[]): Promise<Map<number, string>>;
  /** The last numbered message at or before `seq`: its seq and number, zeros before the first. */
  numberedAt(room: string, seq: number): Promise<{ seq: number; n: number }>;
  /** Notes that nothing may tell a person of what they have not read of a direct conversation of `n` messages. */
  setBrokenRun: MessagesStore["setBrokenRun"];
  /** Notifies the people whom processes that have ended left pending. */
  notifyAllPending: PendingNotifications["notifyAllPending"];
  /** Completes `messages.*` events with the messages as they are now. */
  join: Join;
}

/** The result of a send, or the seq of the earlier message of its key; and the room if people are left to notify. */
type Sent = (Output<"messages.send"> | { made: number }) & { left?: Room };

export interface MessagesDeps extends Pick<NotifierDeps, "listParticipants" | "filterViewers"> {
  db: Database;
  log: Log;
  entries: EntriesService;
  now: () => number;
  access: RoomAccess;
  findPeople: FindPeople;
  parser: Parser;
}

export function createMessages(deps: MessagesDeps): MessagesService {
  const { db, log, now, access, findPeople, parser } = deps;
  const store = createMessagesStore(db, log);
  const view = createView(store, parser);
  const parseWritten = createParseWritten(parser);
  const notifier = createNotifier({ ...deps, store });
  const changes = createChanges({ ...deps, store, view, notifier, parseWritten });
  const pageOf = createPages({ store, view });

  async function assertMaySend(room: RoomView, use: Use): Promise<Once | undefined> {
    if (mayWrite(room)) return undefined;
    // A person who sent it while they were allowed to gets the same answer again. A key that was used for something
    // else comes after what is forbidden.
    const once = await lookUp(db, use, now()).catch((error) => {
      if (!(error instanceof Refusal)) throw error;
    });
    if (once?.made !== undefined) return once;
    assertWrites(room, use.verb);
  }

  async function renderOne(reader: string, room: string, document: MessageDocument): Promise<Message> {
    const [message] = await view.renderAll(reader, room, [document]);
    if (!message) throw new RangeError(`Message ${document.seq} was not shown`);
    return message;
  }

  /** The earlier message of a key as it is now, with its offset, or with the head if its event is gone. */
  async function again(user: string, room: string, seq: number): Promise<Output<"messages.send">> {
    const stream = roomStream(room);
    await log.settled(stream); // storage may show the key before it answers the commit that wrote it
    const document = await store.get(room, seq);
    if (!document) throw new Refusal("not_found", "Cannot send message: it is no longer there");
    const head = await log.head(stream);
    const [event] = seq < head.first ? [] : await log.read(stream, seq - 1, 1);
    return { message: await renderOne(user, room, document), offset: log.offset(event ?? head) };
  }

  return {
    ...changes,
    notifyAllPending: notifier.notifyAllPending,
    setBrokenRun: store.setBrokenRun,

    async send(user, { room, text, key }) {
      const verb = "send message";
      const stream = roomStream(room);
      const ownStream = userStream(user.id);
      const parsed = await parseWritten(user.id, text, verb);
      const use: Use = { user: user.id, key, command: "messages.send", fields: { room, text }, verb };
      const sent = await log.append<Sent>([stream, ownStream], async (attempt) => {
        // The first attempt uses cached views: if one is stale, a check of the commit fails and the next attempt reads
        // all anew. A refusal fails no check, though, so it needs a fresh read; and an old head would make every room
        // look quiet.
        const known = attempt === 0 ? await access.fromCache(user.id, room, verb) : undefined;
        const isGood = known && mayWrite(known) && !notifier.isQuiet(known);
        const roomView = isGood ? known : await access.authorize(user.id, room, verb);
        const refused = await assertMaySend(roomView, use);
        const once = refused ?? (attempt === 0 ? assumeNew(use, now()) : await lookUp(db, use, now()));
        if (once.made !== undefined) {
          return { result: { made: Number(once.made), left: roomView.room } };
        }
        const { body, people, ids } = await mentioned(room, parsed, findPeople);
        const notification = await notifier.ofMessage(user, roomView, ids);
        const isPlain = ids.length === 0 && notification.streams.length === 0 && !notification.more;
        const bytes = PLAIN_BYTES + sizeOf(text) + 4 * sizeOf(key);
        return {
          ...(isPlain && { size: { bytes, mutations: PLAIN_MUTATIONS } }),
          streams: notification.streams,
          checks: [once.check, ...notification.checks],
          asOf: { [stream]: roomView.head.seq },
          write(slotOf) {
            const { seq, tag, n, at } = slotOf(stream);
            const document: MessageDocument = {
              seq,
              n,
              rev: seq,
              key,
              by: user.id,
              at,
              text,
              ...(ids.length > 0 && { people, mentions: ids }),
            };
            const message = view.render(room, document, {}, body);
            const writes = notification.write(slotOf, document);
            return {
              events: [
                {
                  stream,
                  type: "messages.sent",
                  by: user.id,
                  data: {},
                  live: { message },
                  about: seq,
                  document: store.set(room, document),
                  numbered: true,
                },
                marked(user.id, room, { seq, n }),
                ...writes.events,
              ],
              sets: [
                once.set(seq),
                ...ids.map((id) => store.setMention(id, room, seq, n)),
                ...writes.sets,
              ],
              deletes: writes.deletes,
              result: { message, offset: log.offset({ seq, tag }), ...(notification.more && { left: roomView.room }) },
            };
          },
        };
      });
      const { left, ...rest } = sent;
      const result = "made" in rest ? await again(user.id, room, rest.made) : rest;
      if (left) await notifier.notifyPending(user, left, result.message);
      return result;
    },

    list: (user, { room, ...fields }) =>
      access.readAuthorized(user.id, room, "list messages", async (head) => ({
        ...await pageOf(user.id, room, head, fields),
        offset: log.offset(head),
      })),

    get(user, room, seq) {
      const verb = "get message";
      return access.readAuthorized(user.id, room, verb, async () => {
        const document = await store.get(room, seq);
        if (!document) throw new Refusal("not_found", `Cannot ${verb}: there is no such message`);
        return await renderOne(user.id, room, document);
      });
    },

    async excerpts(reader, room, seqs) {
      const documents = await store.many(room, seqs);
      const live = documents.filter((it) => seqs.includes(it.seq) && it.deletedAt === undefined);
      const excerpts = await parser.inSlices(await view.bodies(reader, live), excerptOf);
      return new Map(live.map(({ seq }, at) => [seq, excerpts[at] ?? ""]));
    },

    async numberedAt(room, seq) {
      for (let end = seq + 1;;) {
        const page = await store.before(room, end, end === seq + 1 ? 1 : SKIPPED_MAX);
        const found = page.find((document) => document.n !== undefined);
        if (found?.n !== undefined) return { seq: found.seq, n: found.n };
        const last = page.at(-1);
        if (!last) return { seq: 0, n: 0 };
        end = last.seq;
      }
    },

    async join(stream, events) {
      const kind = parseStream(stream);
      const seqs = events.flatMap((event) => event.about === undefined ? [] : [event.about]);
      if (kind?.kind !== "room" || seqs.length === 0) return events;
      const messages = await view.renderAll(REPLAYS, kind.id, await store.many(kind.id, seqs));
      const bySeq = new Map(messages.map((message) => [message.seq, message]));
      return events.map((event) => {
        const message = event.about === undefined ? undefined : bySeq.get(event.about);
        return message ? { ...event, data: { message } } : event;
      });
    },
  };
}
