/** All rooms: browse, join, create; and the people one can write to. All of it works without script. */
import { type Context, Hono } from "hono";
import type { Env } from "../../lib/http/env.ts";
import type { Problem } from "../../lib/protocol/errors.ts";
import { NAME_MAX, TOPIC_MAX } from "../../lib/protocol/fields.ts";
import type { SignedInCall } from "../../lib/protocol/handlers.ts";
import type { RoomLine } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { Services } from "../../lib/services.ts";
import { Avatar } from "../../lib/ui/avatar.tsx";
import { counted } from "../../lib/ui/format.ts";
import { Icon } from "../../lib/ui/icon.tsx";
import { InParts } from "../../lib/ui/in_parts.tsx";
import { Sidebar } from "../../lib/ui/sidebar.tsx";
import { SidebarOpener } from "../../lib/ui/sidebar_opener.tsx";
import { Alert } from "./alert.tsx";
import { respondPage } from "./document.tsx";
import { TextField } from "./entry_layout.tsx";
import { type Fields, forPeople, seeOther, statusOf, submit } from "./forms.ts";
import { loadSide, loadUsers, peopleOfSide } from "./side_data.ts";

const ALERT = "alert";
const PEOPLE_MAX = 100; // shown; the island's dialog finds all

export function rooms(services: Pick<Services, "run">): Hono<Env> {
  const { run } = services;

  async function show(c: Context<Env>, call: SignedInCall, fields: Fields = {}, problem?: Problem): Promise<Response> {
    const [{ workspace }, side, { users: people }] = await Promise.all([
      run("auth.me", {}, call),
      loadSide(services, call),
      run("users.list", { limit: PEOPLE_MAX }, call),
    ]);
    const users = await loadUsers(services, [call.user.id, ...peopleOfSide(side, call.user.id)], call);
    const page = (
      <div class="app">
        <a class="skip" href="#main">Skip to content</a>
        <Sidebar
          workspace={workspace.name}
          me={call.user}
          lines={side.rooms}
          current={undefined}
          users={new Map(users.map((user) => [user.id, user]))}
          members={new Map(Object.entries(side.members))}
          presence={new Map()}
          unseen={side.unseen}
        />
        <main class="main" id="main">
          <header class="bar">
            <SidebarOpener />
            <h1 class="grow">Rooms and people</h1>
          </header>
          <div class="scroll" tabIndex={0} role="region" aria-label="Rooms and people">
            <div class="col">
              <Browse lines={side.rooms.filter(({ room }) => room.visibility !== "direct")} />
              <Create fields={fields} problem={problem} />
              <People people={people.filter((user) => user.deactivatedAt === undefined)} me={call.user.id} />
            </div>
          </div>
        </main>
      </div>
    );
    return await respondPage(c, page, { title: `Rooms · ${workspace.name}`, status: statusOf(problem) });
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
    .post(
      "/direct",
      forPeople((c, call) =>
        submit(c, {
          verb: "start direct conversation",
          async act({ user = "" }) {
            const { room } = await run("rooms.direct", { users: [user] }, call);
            return seeOther(c, `/rooms/${room.id}`);
          },
          again: (problem, fields) => show(c, call, fields, problem),
        }), () => "/rooms"),
    );
}

function Browse({ lines }: { lines: readonly RoomLine[] }) {
  return (
    <section class="sect" aria-labelledby="h-browse">
      <h2 id="h-browse">Rooms</h2>
      <p>{counted(lines.length, "room")} you may read. Join one to write in it.</p>
      <ul>
        <InParts of={lines}>
          {({ room, joined, n }) => (
            <li key={room.id} class="pref">
              <Icon name={room.visibility === "private" ? "lock" : "hash"} />
              <span class="grow">
                <a href={`/rooms/${room.id}`}>
                  <b>{room.name}</b>
                </a>
                <small>{[room.topic, counted(n, "message")].filter((it) => it !== "").join(" · ")}</small>
              </span>
              {joined
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
    </section>
  );
}

function Create({ fields, problem }: { fields: Fields; problem: Problem | undefined }) {
  return (
    <section class="sect" id="create" aria-labelledby="h-create">
      <h2 id="h-create">New room</h2>
      <Alert problem={problem} id={ALERT} />
      <form method="post" action="/rooms" class="two">
        <TextField name="name" label="Name" value={fields.name} maxLength={NAME_MAX} />
        <TextField
          name="topic"
          label="Topic, if it needs one"
          value={fields.topic}
          maxLength={TOPIC_MAX}
          isOptional
        />
        <div class="end row wrap">
          <label class="check grow">
            <input type="checkbox" name="visibility" value="private" checked={fields.visibility === "private"} />
            Private: only people who are added see it
          </label>
          <button class="btn go" type="submit">Create room</button>
        </div>
      </form>
    </section>
  );
}

function People({ people, me }: { people: readonly User[]; me: string }) {
  return (
    <section class="sect" id="people" aria-labelledby="h-people">
      <h2 id="h-people">People</h2>
      <ul>
        <InParts of={people}>
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
    </section>
  );
}
