/** All rooms: browse, join, create; and the people one can write to. All of it works without script. */
import { type Context, Hono } from "hono";
import type { Env } from "../../../lib/server/http/env.ts";
import type { Output } from "../../../lib/protocol/commands.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import { NAME_MAX, TOPIC_MAX } from "../../../lib/protocol/fields.ts";
import type { Room, RoomSummary } from "../../../lib/protocol/rooms.ts";
import { archivedLast, inOrder } from "../../../lib/model/room_list.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { matches } from "../../../lib/server/users/service.ts";
import { Avatar } from "../../../lib/ui/shell/avatar.tsx";
import { counted } from "../../../lib/ui/shell/format.ts";
import { Icon } from "../../../lib/ui/shell/icon.tsx";
import { InParts } from "../../../lib/ui/shell/in_parts.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { ShellSide, sideOf } from "../../../lib/ui/shell/shell_side.tsx";
import { SidebarOpener } from "../../../lib/ui/shell/sidebar_buttons.tsx";
import { standingIn } from "../../../lib/ui/shell/names.ts";
import { Alert } from "../alert.tsx";
import { respondPage } from "../document.tsx";
import { TextField } from "../entry/entry_layout.tsx";
import { FindForm, LINES_MAX, MoreLinks, readWanted, type Wanted } from "../more.tsx";
import { type Fields, forPeople, seeOther, statusOf, submit } from "../forms.ts";
import { readZone } from "../settings/preferences.ts";
import { loadShell, type PageServices } from "../side_data.ts";
import { Section } from "../section.tsx";

const ALERT = "alert";
const PATH = "/rooms";
const PAGE = 50; // lines of a list, but for the public rooms

export function rooms(services: PageServices): Hono<Env> {
  const { run } = services;

  async function show(c: Context<Env>, call: SignedInCall, fields: Fields = {}, problem?: Problem): Promise<Response> {
    const wanted = {
      mine: readWanted(c, "mine"),
      rooms: readWanted(c, "browse"),
      people: readWanted(c, "people"),
    };
    const listed = services.rooms.listMine(call.user);
    const [shell, all, rooms, people] = await Promise.all([
      loadShell(services, call, { path: PATH, title: "Rooms", zone: readZone(c) }, listed),
      listed,
      run("rooms.list", { ...wanted.rooms, public: true, limit: LINES_MAX }, call),
      run("users.list", { ...wanted.people, active: true, limit: PAGE }, call),
    ]);
    const isMore = shell.moreRooms > 0 || wanted.mine.after !== undefined || wanted.mine.query !== "";
    const mine = isMore ? pageOfMine(all, wanted.mine) : undefined;
    const page = (
      <div class="app">
        <a class="skip" href="#main">Skip to content</a>
        <Island name="shell" class="shell">
          <ShellSide {...sideOf(shell)} />
        </Island>
        <main class="main" id="main">
          <header class="bar">
            <SidebarOpener />
            <h1 class="grow">Rooms and people</h1>
          </header>
          <div class="scroll" tabIndex={0} role="region" aria-label="Rooms and people">
            <div class="col">
              {mine && <Mine found={mine} wanted={wanted.mine} />}
              <Browse found={rooms} wanted={wanted.rooms} />
              <Create fields={fields} problem={problem} />
              <People found={people} wanted={wanted.people} me={call.user.id} />
            </div>
          </div>
        </main>
      </div>
    );
    return await respondPage(c, page, {
      title: shell.title,
      status: statusOf(problem),
      island: "islands/shell/shell.tsx",
      data: shell,
    });
  }

  return new Hono<Env>()
    .get("/rooms", forPeople((c, call) => show(c, call)))
    .post(
      "/rooms",
      forPeople((c, call) =>
        submit(c, {
          verb: "create room",
          async act({ name, topic, visibility }) {
            const { room } = await run("rooms.create", { name, topic, visibility: visibility ?? "public" }, call);
            return seeOther(c, `/rooms/${room.id}`);
          },
          again: (problem, fields) => show(c, call, fields, problem),
        })
      ),
    )
    .get("/direct", (c) => c.redirect("/rooms#people"))
    .post(
      "/direct",
      forPeople((c, call) =>
        submit(c, {
          verb: "start direct message",
          async act({ user = "" }) {
            const { room } = await run("rooms.direct", { users: [user] }, call);
            return seeOther(c, `/rooms/${room.id}`);
          },
          again: (problem, fields) => show(c, call, fields, problem),
        }), () => "/rooms"),
    );
}

/** My rooms by name, archived ones last, without direct ones. If the room before a page is gone, it is the first. */
function pageOfMine(all: readonly RoomSummary[], { query, after }: Wanted): Output<"rooms.list"> {
  const found = all
    .filter(({ room }) => room.visibility !== "direct" && matches(query, `#${room.name}`, room.topic))
    .toSorted((a, b) => archivedLast(a, b) || inOrder(a, b));
  const start = found.findIndex(({ room }) => room.id === after) + 1;
  return { rooms: found.slice(start, start + PAGE), more: found.length > start + PAGE };
}

/** Public rooms: by name where all of them are here, else in the order of their pages; in either, archived ones last. */
function Browse({ found: { rooms, more }, wanted }: { found: Output<"rooms.list">; wanted: Wanted }) {
  const list = { path: PATH, list: "browse", wanted };
  const isWhole = !more && wanted.after === undefined;
  const shown = rooms.toSorted((a, b) => archivedLast(a, b) || (isWhole ? inOrder(a, b) : 0));
  return (
    <Section id="browse" title="Public rooms">
      {rooms.length > 0 && <p>{isWhole ? counted(rooms.length, "room") : "Oldest first"}. Join one to post.</p>}
      <FindForm {...list} label="Find a room" />
      {rooms.length === 0 && <p class="mid">No matches.</p>}
      <ul>
        <InParts of={shown}>
          {({ n, room, ...it }) => (
            <li key={room.id} class="pref">
              <Icon name="hash" />
              <RoomLink room={room} detail={counted(n, "message")} />
              {standingIn({ n, room, ...it }) !== "visitor"
                ? (
                  <a class="btn" href={`/rooms/${room.id}`}>
                    Open<span class="vh">{room.name}</span>
                  </a>
                )
                : (
                  <form method="post" action={`/rooms/${room.id}/join`}>
                    <button class="btn go" type="submit">
                      Join<span class="vh">{room.name}</span>
                    </button>
                  </form>
                )}
            </li>
          )}
        </InParts>
      </ul>
      <MoreLinks {...list} last={more ? rooms.at(-1)?.room.id : undefined} what="rooms" />
    </Section>
  );
}

/** Name and line in one: a link of its own would need a finger's height for the name alone. */
function RoomLink({ room, detail }: { room: Room; detail: string }) {
  return (
    <a class="grow" href={`/rooms/${room.id}`}>
      <b>{room.name}</b> {room.archivedAt !== undefined && <span class="tag">archived</span>}
      <small>{[room.topic, detail].filter((it) => it !== "").join(" · ")}</small>
    </a>
  );
}

/** My rooms, where they are more than the sidebar has. */
function Mine({ found: { rooms, more }, wanted }: { found: Output<"rooms.list">; wanted: Wanted }) {
  const list = { path: PATH, list: "mine", wanted };
  return (
    <Section id="mine" title="Your rooms">
      <FindForm {...list} label="Find one of your rooms" />
      {rooms.length === 0 && <p class="mid">No matches.</p>}
      <ul>
        <InParts of={rooms}>
          {({ room, unread }) => (
            <li key={room.id} class="pref">
              <Icon name={room.visibility === "private" ? "lock" : "hash"} />
              <RoomLink room={room} detail={unread > 0 ? `${unread} unread` : ""} />
            </li>
          )}
        </InParts>
      </ul>
      <MoreLinks {...list} last={more ? rooms.at(-1)?.room.id : undefined} what="rooms" />
    </Section>
  );
}

function Create({ fields, problem }: { fields: Fields; problem: Problem | undefined }) {
  return (
    <Section id="create" title="New room">
      <Alert problem={problem} id={ALERT} typed={fields} autofocus />
      <form method="post" action="/rooms" class="two">
        <TextField name="name" label="Name" value={fields.name} maxLength={NAME_MAX} />
        <TextField
          name="topic"
          label="Topic (optional)"
          value={fields.topic}
          maxLength={TOPIC_MAX}
          isOptional
        />
        <div class="end row wrap">
          <label class="check grow">
            <input type="checkbox" name="visibility" value="private" checked={fields.visibility === "private"} />
            Private. Only people you add can see it.
          </label>
          <button class="btn go" type="submit">Create room</button>
        </div>
      </form>
    </Section>
  );
}

function People(
  { found: { users, more }, wanted, me }: { found: Output<"users.list">; wanted: Wanted; me: string },
) {
  const list = { path: PATH, list: "people", wanted };
  return (
    <Section id="people" title="People">
      <FindForm {...list} label="Find people" />
      {users.length === 0 && <p class="mid">No matches.</p>}
      <ul>
        <InParts of={users}>
          {(user) => (
            <li key={user.id} class="pref">
              <Avatar user={user} size="m" />
              <span class="grow">
                <b>{user.name}</b>
                <small>@{user.handle}</small>
              </span>
              <form method="post" action="/direct">
                <input type="hidden" name="user" value={user.id} />
                <button class="btn" type="submit">
                  {user.id === me ? "Notes to yourself" : (
                    <>
                      Message<span class="vh">{user.name}</span>
                    </>
                  )}
                </button>
              </form>
            </li>
          )}
        </InParts>
      </ul>
      <MoreLinks {...list} last={more ? users.at(-1)?.id : undefined} what="people" />
    </Section>
  );
}
