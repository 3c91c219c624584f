import { type Context, Hono } from "hono";
import type { Env } from "../../../lib/server/http/env.ts";
import { type Problem, Refusal } from "../../../lib/protocol/errors.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { stateOf } from "../../../lib/ui/room/room_state.ts";
import { respondPage } from "../document.tsx";
import { forPeople, seeOther, statusOf, submit } from "../forms.ts";
import { keepLastRoom, readZone } from "../settings/preferences.ts";
import { readWanted } from "../more.tsx";
import { loadRoom } from "./room_data.ts";
import { RoomPage } from "./room_page.tsx";
import type { PageServices } from "../side_data.ts";

const KEY_BYTES = 16;
const SEQ = /^[1-9]\d{0,15}$/;

interface Again {
  problem: Problem;
  text: string;
  /** The key that was sent: trying again is the same message. */
  key: string | undefined;
}

export function room(services: PageServices): Hono<Env> {
  const { run } = services;

  async function show(c: Context<Env>, call: SignedInCall, again?: Again): Promise<Response> {
    const wanted = {
      room: c.req.param("room") ?? "",
      seq: readSeq(c),
      zone: readZone(c),
      pane: c.req.query("pane") === "members",
      after: readWanted(c, "members").after,
    };
    const data = await loadRoom(services, wanted, call);
    const state = { ...stateOf(data, Date.now()), unsent: again?.text ?? "" };
    const isUsedUp = again?.problem.code === "conflict"; // its key was used for another message
    const page = (
      <RoomPage
        state={state}
        formKey={isUsedUp ? newKey() : again?.key ?? newKey()}
        problem={again?.problem}
      />
    );
    keepLastRoom(c, data.room);
    return await respondPage(c, page, {
      title: `${state.title} · ${data.workspace.name}`,
      status: statusOf(again?.problem),
      island: "islands/room/room.tsx",
      data,
    });
  }

  const path = (c: Context<Env>) => `/rooms/${encodeURIComponent(c.req.param("room") ?? "")}`;

  /** What a button of the page does to its room; then the room is shown again. */
  function button(verb: string, command: "rooms.join" | "rooms.unarchive") {
    return (c: Context<Env>, call: SignedInCall) =>
      submit(c, {
        verb,
        async act() {
          await run(command, { room: c.req.param("room") }, call);
          return seeOther(c, path(c));
        },
        again: (problem) => show(c, call, { problem, text: "", key: undefined }),
      });
  }

  return new Hono<Env>()
    .get("/rooms/:room", forPeople((c, call) => show(c, call)))
    // Where a form's page stands, opened or reloaded: the room.
    .get("/rooms/:room/join", (c) => c.redirect(path(c)))
    .get("/rooms/:room/unarchive", (c) => c.redirect(path(c)))
    .get("/rooms/:room/:seq", forPeople((c, call) => show(c, call)))
    .post(
      "/rooms/:room",
      forPeople((c, call) =>
        submit(c, {
          verb: "send message",
          async act({ text, key }) {
            await run("messages.send", { room: c.req.param("room"), text, key }, call);
            return seeOther(c, path(c));
          },
          again: (problem, { text = "", key }) => show(c, call, { problem, text, key }),
        })
      ),
    )
    .post("/rooms/:room/join", forPeople(button("join room", "rooms.join"), path))
    .post("/rooms/:room/unarchive", forPeople(button("unarchive room", "rooms.unarchive"), path));
}

/** A permalink's seq; a text that is none names no message. */
function readSeq(c: Context<Env>): number | undefined {
  const text = c.req.param("seq");
  if (text === undefined) return undefined;
  if (!SEQ.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new Refusal("not_found", "Cannot get message: there is no such message");
  }
  return Number(text);
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
