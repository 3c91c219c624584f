/** Rivulet behind the proxies of lib/hosting/, over TLS: all transports, cookies, and whose address it is. */
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { freePort, type Server, startServer } from "../support/server.ts";
import { within } from "../faults/within.ts";
import { makeCertificate, tlsFronts } from "./proxies.ts";

const SOON_MS = 3_000; // for what goes through at once; a proxy that holds it back takes longer
const CLIENT = "127.0.0.7";
const FORGED = "203.0.113.9";
/** Where they must not be missing. */
const isCi = Deno.env.get("CI") !== undefined;

interface Through {
  origin: string;
  certificate: string;
  server: Server;
  client: Deno.HttpClient;
}

for (const [name, front] of Object.entries(tlsFronts)) {
  const isThere = await Deno.stat(front.path).then(({ isFile }) => isFile, () => false);
  Deno.test({
    name: isThere
      ? `lib/hosting/: everything gets through ${name} over TLS`
      : `lib/hosting/ through ${name}: NOT TRIED, ${name} is not installed (apt-get install ${name})`,
    ignore: !isThere && !isCi,
    async fn(t) {
      const dir = await Deno.makeTempDir({ prefix: `rivulet_${name}_` });
      await Deno.chmod(dir, 0o755); // started by root, a proxy becomes somebody else
      const certificate = await makeCertificate(dir);
      const port = freePort();
      const origin = `https://localhost:${port}`;
      const env = { PUBLIC_URL: origin, TRUST_PROXY: "127.0.0.1", SETUP_TOKEN: "a-first-token", LOG_FORMAT: "json" };
      const server = await startServer({ env });
      const client = Deno.createHttpClient({ caCerts: [certificate] });
      try {
        const daemon = await front.start(dir, port, server.port);
        try {
          await goThrough(t, { origin, certificate, server, client });
          await keepsTheAddress(t, { origin, certificate, server, client }, dir);
        } finally {
          await daemon.stop();
        }
      } finally {
        client.close();
        await server.stop();
        await Deno.remove(dir, { recursive: true });
      }
    },
  });
}

async function goThrough(t: Deno.TestContext, { origin, certificate, client }: Through): Promise<void> {
  let cookie = "";
  const ask = (path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`${origin}${path}`, {
      client,
      method: body ? "POST" : "GET",
      headers: { ...(body && { origin, "content-type": "application/json" }), ...(cookie && { cookie }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  const send = async (text: string) => {
    const response = await ask("/api/messages.send", { room, text, key: crypto.randomUUID() });
    assert.equal(response.status, 200, await response.clone().text());
    await response.body?.cancel();
  };
  let room = "";

  await t.step("a sign-in gets a cookie that only https sends, and it signs in", async () => {
    const person = { workspace: "Northfell", name: "Noor", handle: "noor", password: "correct horse battery" };
    const response = await ask("/api/auth.setUp", { token: "a-first-token", ...person });
    assert.equal(response.status, 200, await response.clone().text());
    await response.body?.cancel();
    const [line = ""] = response.headers.getSetCookie();
    assert.match(line, /^__Host-session/);
    assert.match(line, /; Secure/);
    assert.match(response.headers.get("strict-transport-security") ?? "", /max-age=/);
    cookie = line.split(";")[0] ?? "";
    const { rooms: [first] } = await (await ask("/api/rooms.list", {})).json();
    room = first.room.id;
    const page = await ask(`/rooms/${room}`);
    assert.equal(page.status, 200);
    await page.body?.cancel();
  });

  await t.step("a WebSocket opens, carries a call, and brings what others write", async () => {
    const url = `${origin.replace("https", "wss")}/live/ws?v=1`;
    const socket = new WebSocket(url, { ca: certificate, headers: { origin, cookie } });
    const frames: string[] = [];
    let came = () => {};
    socket.on("error", (error) => frames.push(error.message)); // shown by the wait that fails
    socket.on("message", (data) => {
      frames.push(String(data));
      came();
    });
    const frame = (part: string) =>
      within(
        SOON_MS,
        () => `a frame with ${part}, of ${frames}`,
        new Promise<void>((resolve) => {
          came = () => frames.some((it) => it.includes(part)) && resolve();
          came();
        }),
      );
    try {
      await frame('"t":"welcome"');
      socket.send(JSON.stringify({ t: "follow", streams: { [`room:${room}`]: "now" } }));
      await frame('"t":"followed"');
      const body = { room, text: "said on the socket", key: crypto.randomUUID() };
      socket.send(JSON.stringify({ t: "call", id: 1, name: "messages.send", body }));
      await frame('"t":"reply","id":1,"result"');
      await send("said by POST");
      await frame("said by POST");
    } finally {
      const closed = new Promise((resolve) => socket.on("close", resolve));
      socket.close();
      await within(SOON_MS, "the socket to close", closed);
    }
  });

  await t.step("an event stream brings each event at once", async () => {
    const response = await ask(`/live/sse?v=1&streams=room:${room}`, undefined, { accept: "text/event-stream" });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert(reader);
    let text = "";
    const heard = async (part: string) => {
      while (!text.includes(part)) text += (await reader.read()).value ?? "";
    };
    await within(SOON_MS, "the first events", heard("event: followed"));
    for (const n of [1, 2, 3]) {
      await send(`streamed ${n}`);
      await within(SOON_MS, `event ${n}`, heard(`streamed ${n}`));
    }
    await reader.cancel();
  });

  await t.step("a poll waits, and is answered as soon as something comes", async () => {
    const poll = (streams: object, wait: number) => ask("/live/poll", { v: 1, streams, wait });
    const { streams } = await (await poll({ [`room:${room}`]: "now" }, 0)).json();
    const waiting = poll(streams, 25_000);
    await send("polled for");
    const answer = await within(SOON_MS, "the poll's answer", waiting);
    assert.match(await answer.text(), /polled for/);
  });
}

/** The client has an address of its own, and says that it has another. */
async function keepsTheAddress(t: Deno.TestContext, { origin, server }: Through, dir: string): Promise<void> {
  await t.step("the client's address is the one that it has, whatever it says", async () => {
    const forged = ["-H", `X-Forwarded-For: ${FORGED}`, "-H", `Forwarded: for=${FORGED}`, "-H", `X-Real-IP: ${FORGED}`];
    const args = ["-sS", "-o", "/dev/null", "--interface", CLIENT, "--cacert", `${dir}/fullchain.pem`, ...forged];
    const { success, stderr } = await new Deno.Command("curl", { args: [...args, `${origin}/sign-in`] }).output();
    assert(success, new TextDecoder().decode(stderr));
    const logged = async () => {
      for (;;) {
        const lines = server.stderr().split("\n").filter((line) => line.includes('"path":"/sign-in"'));
        if (lines[0] !== undefined) return JSON.parse(lines[0]);
        await new Promise((done) => setTimeout(done));
      }
    };
    assert.equal((await within(SOON_MS, "the log's line", logged())).address, CLIENT);
  });
}
