/**
 * The room's island on the real services, over a real socket: a page made of the views, as the product's own page
 * is. That one has tests of its own; this one needs no build.
 */
import { build } from "esbuild";
import { Hono } from "hono";
import { renderToString } from "preact-render-to-string";
import { createServices, type Services } from "../../lib/server/services.ts";
import { readConfig } from "../../lib/server/config.ts";
import { requestContext } from "../../lib/server/http/context.ts";
import { serveOnDeno } from "../../lib/server/http/deno_server.ts";
import type { Env } from "../../lib/server/http/env.ts";
import { toSignedInCall } from "../../lib/server/http/env.ts";
import { securityHeaders } from "../../lib/server/http/headers.ts";
import { checkOrigin } from "../../lib/server/http/origin.ts";
import { signedIn } from "../../lib/server/http/sign_in.ts";
import { createDatabase } from "../../lib/server/kv/database.ts";
import { Composer } from "../../lib/ui/room/composer.tsx";
import { Island } from "../../lib/ui/shell/island.tsx";
import { inOrder } from "../../lib/model/room_list.ts";
import { PAGE_DATA_ID, type PageData } from "../../lib/ui/room/page_data.ts";
import { RoomScreen } from "../../lib/ui/room/room_screen.tsx";
import { stateOf } from "../../lib/ui/room/room_state.ts";
import { type CommandName, commands, type Input, type Output } from "../../lib/protocol/commands.ts";
import { Sprite } from "../../lib/ui/shell/sprite.tsx";
import { api } from "../../routes/api.ts";
import { liveWs } from "../../routes/live/ws.ts";
import { PAINT_WHOLE } from "../../routes/pages/document.tsx";
import { cheapArgon2id } from "../support/cheap_argon2.ts";

const TOKEN = "test-setup-token";
const PASSWORD = "correct horse battery";
const ZONE = "UTC";

/** The command table as readers, so that the type of an answer follows from its name. */
const readers: { [N in CommandName]: { output: { parse(value: unknown): Output<N> } } } = commands;

export interface RoomServer {
  origin: string;
  services: Services;
  /** The `Cookie` of a new member, who starts in the lobby. */
  join(handle: string): Promise<string>;
  lobby: string;
  /** Calls a command as somebody. */
  call: <N extends CommandName>(cookie: string, name: N, body: Input<N>) => Promise<Output<N>>;
  /** Stops listening and drops every connection; what is stored stays. */
  halt(): Promise<void>;
  /** Listens again on the same port. */
  resume(): void;
  stop(): Promise<void>;
}

export async function startRoomServer(): Promise<RoomServer> {
  const services = await createServices({
    config: readConfig({ SETUP_TOKEN: TOKEN, LIMITS: "off" }),
    db: createDatabase(await Deno.openKv(":memory:")),
    shared: false,
    argon2id: cheapArgon2id,
    failed: (error) => console.error(error),
  });
  const files = await bundle();
  const app = new Hono<Env>()
    .use(requestContext(services.config), securityHeaders())
    .use(checkOrigin(services.config))
    .get("/b/:file", (c) => c.body(files.get(c.req.param("file")) ?? "", 200, { "content-type": "text/javascript" }))
    .get("/style.css", (c) => c.body(files.get("index.css") ?? "", 200, { "content-type": "text/css" }))
    .use(signedIn(services.auth))
    .route("/", api(services))
    .route("/", liveWs(services))
    .get("/rooms/:id/:seq?", async (c) => {
      const seq = c.req.param("seq");
      const data = await pageData(services, toSignedInCall(c), c.req.param("id"), seq ? Number(seq) : undefined);
      return c.html(render(data, c.get("nonce")));
    });
  const listen = (port: number) =>
    serveOnDeno({ host: "127.0.0.1", port }, (request, peer) => app.fetch(request, peer));
  let server = listen(0);
  const { port } = server;
  const origin = `http://127.0.0.1:${port}`;

  async function post(name: string, body: unknown, cookie = "") {
    const headers = { "content-type": "application/json", origin, cookie };
    const response = await fetch(`${origin}/api/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
    const result = await response.json();
    if (!response.ok) throw new Error(`${name}: ${result.detail}`);
    return { result, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  }

  const owner = await post("auth.setUp", {
    token: TOKEN,
    workspace: "Northfell",
    name: "Noor Haddad",
    handle: "noor",
    password: PASSWORD,
  });
  const workspace = await services.auth.workspace();
  return {
    origin,
    services,
    lobby: workspace?.lobby ?? "",
    async join(handle) {
      const { result: { invite } } = await post("invites.create", { uses: 1 }, owner.cookie);
      const name = handle[0]?.toUpperCase() + handle.slice(1);
      return (await post("auth.signUp", { invite, name, handle, password: PASSWORD })).cookie;
    },
    call: async (cookie, name, body) => readers[name].output.parse((await post(name, body, cookie)).result),
    async halt() {
      services.hub.drain();
      await server.shutdown();
    },
    resume: () => void (server = listen(port)),
    async stop() {
      services.hub.drain();
      await server.shutdown();
      services.close();
    },
  };
}

async function bundle(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ["islands/room/room.tsx", "static/styles/index.css"],
    loader: { ".svg": "dataurl" },
    entryNames: "[name]",
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "/b",
    write: false,
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  return new Map(outputFiles.map((it) => [it.path.split("/").at(-1) ?? "", it.text]));
}

async function pageData(
  { run, auth }: Services,
  call: ReturnType<typeof toSignedInCall>,
  room: string,
  landing: number | undefined,
): Promise<PageData> {
  const { rooms } = await run("rooms.list", {}, call);
  const page = await run("messages.list", { room, around: landing }, call);
  const { members, more } = await run("rooms.members", { room }, call);
  const ids = [...new Set([...members, ...page.messages.map((it) => it.by)])];
  return {
    moreRooms: 0,
    me: call.user,
    workspace: { name: (await auth.workspace())?.name ?? "" },
    room,
    rooms: rooms.toSorted(inOrder), // As the product's page has them: hydration takes its links as they are.
    page,
    landing,
    members: more ? {} : { [room]: members },
    users: (await run("users.get", { ids }, call)).users,
    zone: ZONE,
    pane: false,
    unseen: 0,
  };
}

function render(data: PageData, nonce: string): string {
  const state = stateOf(data, Date.now());
  const { title } = state;
  return "<!doctype html>" + renderToString(
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <link {...PAINT_WHOLE} />
        <script type="module" src="/b/room.js" nonce={nonce} />
      </head>
      <body>
        <Sprite />
        <Island name="room" class="app">
          <RoomScreen
            state={state}
            writer={<Composer room={data.room} title={title} text="" formKey="0123456789abcdef" />}
          />
        </Island>
        <script
          type="application/json"
          id={PAGE_DATA_ID}
          nonce={nonce}
          dangerouslySetInnerHTML={{ __html: JSON.stringify(data).replaceAll("<", "\\u003c") }}
        />
      </body>
    </html>,
  );
}
