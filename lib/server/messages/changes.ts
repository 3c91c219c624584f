/** Edits, deletes and reacts to messages: each change writes the document, and its event carries the message. */
import type { KvSet } from "../kv/key.ts";
import type { Log } from "../log/log.ts";
import type { Append, AppendSlot, Plan } from "../log/types.ts";
import type { Body } from "../../protocol/body.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import { EMOJI_MAX, type Message, REACTORS_NAMED } from "../../protocol/messages.ts";
import { roomStream } from "../../protocol/streams.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import {
  assertMember,
  assertNotArchived,
  forbid,
  mayManage,
  type RoomAccess,
  type RoomView,
} from "../rooms/service.ts";
import { type FindPeople, mentioned } from "./mentions.ts";
import { given, isFull, isShort, reactionOf, takenBack } from "./reacting.ts";
import type { MessageDocument, MessageSnapshot, MessagesStore, Reactions } from "./store.ts";
import type { Notification } from "./notification.ts";
import type { Notifier } from "./notifying.ts";
import type { BodyOf, View } from "./view.ts";
import type { ParseWritten } from "./written.ts";

const EDITS_MAX = 200; // former texts of one message that are kept

export interface Changes {
  /** Edits one's own message. The former text is kept. */
  edit(user: User, room: string, seq: number, text: string): Promise<Message>;
  /** Leaves a tombstone with author and number; the text and former texts are deleted. */
  remove(user: User, room: string, seq: number): Promise<Message>;
  /** Reacts, or takes it back. */
  react(user: User, room: string, seq: number, emoji: string, on: boolean): Promise<Message>;
  reactors(user: User, fields: Parsed<"messages.reactors">): Promise<Output<"messages.reactors">>;
}

interface Deps {
  log: Log;
  access: RoomAccess;
  findPeople: FindPeople;
  store: MessagesStore;
  view: View;
  notifier: Notifier;
  parseWritten: ParseWritten;
}

type Draft = Pick<Append<Message>, "rebases"> & {
  type: "messages.edited" | "messages.deleted" | "messages.reacted";
  /** The people to notify. */
  notification?: Notification;
  /** The changed document, as of the event's seq; undefined if the plan must run again (`Append.write`). */
  change(slot: AppendSlot): {
    document: MessageDocument;
    /** The body, if the text is new. */
    body?: Body;
    reactions: Reactions;
    sets: KvSet[];
    deletes?: Deno.KvKey[];
  } | undefined;
};

export function createChanges({ log, access, findPeople, store, view, notifier, parseWritten }: Deps): Changes {
  /** Changes a message, in a room that `user` may write to, or their own; not at all if `plan` returns undefined. */
  async function amend(
    user: User,
    room: string,
    seq: number,
    verb: string,
    plan: (snapshot: MessageSnapshot, roomView: RoomView) => Promise<Draft | undefined>,
    reaction?: { emoji: string; user: string },
  ): Promise<Message> {
    const stream = roomStream(room);
    const planWith = (bodyOf: BodyOf): Plan<{ message: Message; left?: Room }> => async () => {
      const roomView = await access.authorize(user.id, room, verb);
      const snapshot = await store.snapshot(room, seq, reaction);
      if (!snapshot) throw new Refusal("not_found", `Cannot ${verb}: there is no such message`);
      const isTheirs = snapshot.document.by === user.id; // even if they have left since
      if (!isTheirs && !mayManage(user, roomView)) assertMember(roomView, verb);
      assertNotArchived(roomView, verb);
      const draft = await plan(snapshot, roomView);
      if (!draft || draft.type === "messages.reacted") bodyOf(snapshot.document); // it will be shown
      if (!draft) return { result: { message: view.render(room, snapshot.document, snapshot.reactions) } };
      const { notification } = draft;
      return {
        streams: notification?.streams ?? [],
        checks: [snapshot.check, ...(notification?.checks ?? [])],
        ...(draft.rebases && { rebases: draft.rebases }),
        asOf: { [stream]: roomView.head.seq },
        write(slotOf) {
          const changed = draft.change(slotOf(stream));
          if (!changed) return undefined;
          const { document, body, reactions, sets, deletes = [] } = changed;
          const message = view.render(room, document, reactions, body);
          const writes = notification?.write(slotOf, snapshot.document);
          return {
            events: [
              { stream, type: draft.type, by: user.id, data: {}, live: { message }, about: seq },
              ...(writes?.events ?? []),
            ],
            sets: [...sets, store.set(room, document), ...(writes?.sets ?? [])],
            deletes: [...deletes, ...(writes?.deletes ?? [])],
            result: { message, ...(notification?.more && { left: roomView.room }) },
          };
        },
      };
    };
    const { message, left } = await view.withBodies(
      user.id,
      (bodyOf) => log.append([stream], planWith(bodyOf)),
    );
    if (left) await notifier.notifyPending(user, left, message);
    return message;
  }

  const assertThere = ({ document }: MessageSnapshot, verb: string) => {
    if (document.deletedAt !== undefined) throw new Refusal("conflict", `Cannot ${verb}: message is deleted`);
  };

  return {
    async edit(user, room, seq, text) {
      const verb = "edit message";
      const parsed = await parseWritten(user.id, text, verb);
      return await amend(user, room, seq, verb, async (snapshot, roomView) => {
        const { document: was, reactions } = snapshot;
        if (was.by !== user.id) forbid(verb, "only its author may");
        assertThere(snapshot, verb);
        if (was.text === text) return undefined;
        const { body, people, ids } = await mentioned(room, parsed, findPeople);
        const before = was.mentions ?? [];
        const added = ids.filter((id) => !before.includes(id));
        const { edits = 0 } = was;
        const oldest = edits < EDITS_MAX ? [] : await store.edits(room, seq, 1);
        return {
          type: "messages.edited",
          notification: await notifier.ofEdit(user, roomView, was, ids),
          change({ seq: rev, at }) {
            const { people: _people, mentions: _mentions, ...rest } = was;
            const named = ids.length > 0 ? { people, mentions: ids } : {};
            return {
              document: { ...rest, ...named, text, rev, editedAt: at, edits: Math.min(edits + 1, EDITS_MAX) },
              body,
              reactions,
              sets: [
                store.setEdit(room, was, rev),
                ...added.map((id) => store.setMention(id, room, seq, was.n ?? 0)),
              ],
              deletes: [
                ...oldest,
                ...before.filter((id) => !ids.includes(id)).map((id) => store.mentionKey(id, room, seq)),
              ],
            };
          },
        };
      });
    },

    remove: (user, room, seq) => {
      const verb = "delete message";
      return amend(user, room, seq, verb, async ({ document: was }, roomView) => {
        const manages = roomView.room.visibility !== "direct" && mayManage(user, roomView);
        if (was.by !== user.id && !manages) forbid(verb, "only its author and who manages the room may");
        if (was.deletedAt !== undefined) return undefined;
        const edits = await store.edits(room, seq, 2 * EDITS_MAX); // more, from before they were counted
        return {
          type: "messages.deleted",
          notification: await notifier.ofDelete(user, roomView, was),
          change: ({ seq: rev, at: deletedAt }) => ({
            document: {
              seq,
              ...(was.n !== undefined && { n: was.n }),
              rev,
              key: was.key,
              by: was.by,
              at: was.at,
              text: "",
              deletedAt,
            },
            reactions: {},
            sets: [],
            deletes: [
              ...edits,
              store.reactionsKey(room, seq),
              ...(was.mentions ?? []).map((id) => store.mentionKey(id, room, seq)),
            ],
          }),
        };
      });
    },

    react: (user, room, seq, emoji, on) => {
      const verb = on ? "react" : "take reaction back";
      const reaction = { emoji, user: user.id };
      return amend(user, room, seq, verb, async (snapshot, roomView) => {
        assertMember(roomView, verb);
        assertThere(snapshot, verb);
        if (snapshot.mine === on) return undefined;
        if (on && isFull(snapshot.reactions, emoji)) {
          throw new Refusal("conflict", `Cannot ${verb}: the message has ${EMOJI_MAX} different emoji`);
        }
        // if one of the named people takes it back, the next one moves up
        const others = !on && reactionOf(snapshot.reactions, emoji).count > REACTORS_NAMED
          ? await store.reactors(room, seq, emoji, "", 2 * REACTORS_NAMED)
          : [];
        return {
          type: "messages.reacted",
          notification: await notifier.ofReaction(user, roomView, snapshot.document, emoji, on),
          rebases: true, // when a room votes, many react at once
          change(slot) {
            const now = store.snapshotAt(slot, room, snapshot, reaction);
            if (!now || now.mine === on || (on && isFull(now.reactions, emoji))) return undefined;
            const stay = others.filter((id) => !store.isTakenBackAt(slot, room, seq, { emoji, user: id }));
            const reactions = on ? given(now.reactions, reaction) : takenBack(now.reactions, reaction, stay);
            if (isShort(reactions, emoji) && now !== snapshot) return undefined;
            const reacted = Object.keys(reactions).length > 0;
            const { reacted: _was, ...rest } = now.document;
            const key = store.reactorKey(room, seq, emoji, user.id);
            return {
              document: { ...rest, rev: slot.seq, ...(reacted && { reacted }) },
              reactions,
              sets: [
                ...(reacted ? [store.setReactions(room, seq, reactions)] : []),
                ...(on ? [store.setReactor(room, seq, emoji, user.id)] : []),
              ],
              deletes: [...(on ? [] : [key]), ...(reacted ? [] : [store.reactionsKey(room, seq)])],
            };
          },
        };
      }, reaction);
    },

    reactors(user, { room, seq, emoji, after = "", limit, user: one }) {
      const verb = "list who reacted";
      return access.readAuthorized(user.id, room, verb, async () => {
        const snapshot = await store.snapshot(room, seq);
        if (!snapshot) throw new Refusal("not_found", `Cannot ${verb}: there is no such message`);
        if (snapshot.document.deletedAt !== undefined) return { users: [], more: false };
        if (one !== undefined) return { users: await store.isReactor(room, seq, emoji, one) ? [one] : [], more: false };
        const users = await store.reactors(room, seq, emoji, after, limit + 1);
        return { users: users.slice(0, limit), more: users.length > limit };
      });
    },
  };
}
