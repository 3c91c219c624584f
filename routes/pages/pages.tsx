/** The pages (lib/protocol/README.md §6). Each loads through commands, renders, and names its islands. */
import { Hono } from "hono";
import type { Env } from "../../lib/server/http/env.ts";
import type { Services } from "../../lib/server/services.ts";
import { feed } from "./feed/feed.tsx";
import { home } from "./home.ts";
import { join } from "./entry/join.tsx";
import { recover } from "./entry/recover.tsx";
import { room } from "./room/room.tsx";
import { rooms } from "./room/rooms.tsx";
import { settings } from "./settings/settings.tsx";
import { signIn } from "./entry/sign_in.tsx";
import { welcome } from "./entry/welcome.tsx";

/** Mounted behind the middleware of `createApp`, which has checked Origin and read the sign-in. */
export function pages(services: Services): Hono<Env> {
  return new Hono<Env>()
    .route("/", home(services))
    .route("/", signIn(services))
    .route("/", welcome(services))
    .route("/", join(services))
    .route("/", recover(services))
    .route("/", rooms(services))
    .route("/", room(services))
    .route("/", feed(services))
    .route("/", settings(services));
}
