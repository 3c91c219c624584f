/** A workspace in which people do what the feed reports. */
import { type Client, createClient } from "../../support/hub.ts";
import { newKey, type Person, withWorkspace, type Workspace } from "../../support/services.ts";
import type { Entry, FeedView } from "../../../lib/protocol/feed.ts";
import type { Room } from "../../../lib/protocol/rooms.ts";

export interface FeedCase extends Workspace {
  lobby: string;
  /** What a person's view tells: "kind by-handle #room", the newest first. */
  entriesOf(person: Person, view: FeedView): Promise<string[]>;
  entries(person: Person, view: FeedView): Promise<Entry[]>;
  room(by: Person, name: string, visibility: "public" | "private", members?: Person[]): Promise<Room>;
  send(by: Person, room: string, text: string, key?: string): Promise<number>;
  /** All that a follower of these streams gets, from the oldest kept event on. */
  replayed(person: Person, streams: string[]): Promise<string>;
}

export async function withFeed(body: (it: FeedCase) => Promise<void>, options?: { shared: boolean }): Promise<void> {
  await withWorkspace(
    async (it) => {
      const { owner, services } = it;
      const lobby = (await owner.call("rooms.list", {})).rooms[0]?.room.id ?? "";
      const entries = async (person: Person, view: FeedView) =>
        (await person.call("feed.list", { view, limit: 100 })).entries;
      await body({
        ...it,
        lobby,
        entries,
        async entriesOf(person, view) {
          const all = await entries(person, view);
          const people = await services.users.get(all.map(({ by }) => by));
          const handles = new Map(people.map(({ id, handle }) => [id, handle]));
          const rooms = await services.rooms.filterVisible(person.user.id, all.flatMap(({ room }) => room ?? []));
          return all.map(({ kind, by, room = "" }) =>
            [kind, handles.get(by), rooms.get(room)?.name].filter((part) => part).join(" ")
          );
        },
        async room(by, name, visibility, members = []) {
          const { room } = await by.call("rooms.create", { name, visibility });
          for (const { user } of members) await by.call("rooms.addMember", { room: room.id, user: user.id });
          return room;
        },
        async send(by, room, text, key = newKey()) {
          return (await by.call("messages.send", { room, text, key })).message.seq;
        },
        async replayed(person, streams) {
          const client = createClient(services.hub, person.user);
          client.session.follow(Object.fromEntries(streams.map((stream) => [stream, "-1"])));
          const heads = await services.log.heads(streams);
          await client.until(() =>
            streams.every((stream, at) => (client.seqs(stream).at(-1) ?? 0) >= headSeq(heads[at]))
          );
          client.session.close();
          return JSON.stringify(client.frames);
        },
      });
    },
    {},
    options,
  );
}

const headSeq = (head: { seq: number } | undefined) => head?.seq ?? 0;

/** A client that follows these streams from now on. */
export async function following(it: FeedCase, person: Person, streams: string[]): Promise<Client> {
  const client = createClient(it.services.hub, person.user);
  client.session.follow(Object.fromEntries(streams.map((stream) => [stream, "now"])));
  await client.until(() => client.of("followed").length === streams.length);
  return client;
}
