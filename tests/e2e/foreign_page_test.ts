/** A page of another site, or of another port of ours, follows nothing and does nothing here, whoever is signed in. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

/** What the page tries; each gives "refused", or what it got. */
const TRIES = `async (url) => {
  const follow = (credentials) => new Promise((resolve) => {
    const source = new EventSource(url + "/live/sse?v=1&streams=me,feed", { withCredentials: credentials });
    const end = (word) => (source.close(), resolve(word));
    source.onopen = () => end("open");
    source.onmessage = (event) => end(event.data);
    source.onerror = () => source.readyState === EventSource.CLOSED && end("refused");
  });
  const socket = () => new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http", "ws") + "/live/ws?v=1");
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  });
  const ask = (path, init) => fetch(url + path, { method: "POST", credentials: "include", ...init })
    .then((response) => response.text(), () => "refused");
  const json = { "content-type": "application/json" };
  return {
    eventSource: await follow(true),
    eventSourceWithoutCookies: await follow(false),
    socket: await socket(),
    poll: await ask("/live/poll", { headers: json, body: '{"v":1,"streams":{"me":"-1"},"wait":0}' }),
    token: await ask("/api/auth.me", { headers: { ...json, authorization: "Bearer x" }, body: "{}" }),
    simple: await ask("/api/tokens.create", { mode: "no-cors", body: '{"name":"stolen"}' }),
  };
}`;

for (const [site, hostname] of [["another port", "127.0.0.1"], ["another site", "localhost"]] as const) {
  Deno.test(`a page of ${site} cannot follow by EventSource or WebSocket, nor poll, nor call`, () =>
    withSite(async ({ tab, noor, url }) => {
      const answer = () =>
        new Response("<!doctype html><title>elsewhere</title>", { headers: { "content-type": "text/html" } });
      const elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
      try {
        const { page, context, close } = await tab(noor);
        const wire = await context.newCDPSession(page); // what really went out and came back, CORS or not
        await wire.send("Network.enable");
        const sse = new Map<string, { site?: string; status?: number }>();
        wire.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
          if (/^text\/event-stream/.test(headers.Accept ?? "")) sse.set(requestId, { site: headers["Sec-Fetch-Site"] });
        });
        wire.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode: status }) => {
          if (sse.has(requestId)) sse.set(requestId, { ...sse.get(requestId), status });
        });
        await page.goto(`http://${hostname}:${elsewhere.addr.port}/`);
        const got = await page.evaluate(`(${TRIES})(${JSON.stringify(url)})`);
        assert.deepEqual(got, {
          eventSource: "refused",
          eventSourceWithoutCookies: "refused",
          socket: "refused",
          poll: "refused",
          token: "refused",
          simple: "refused",
        });
        const fetchSite = hostname === "localhost" ? "cross-site" : "same-site";
        const refused = { site: fetchSite, status: 403 }; // by the server, not by the browser alone
        assert.deepEqual([...sse.values()], [refused, refused]);
        assert.deepEqual((await noor.call("tokens.list", {})).tokens, []);
        await page.goto(url);
        const own = await page.evaluate(`new Promise((resolve) => {
          const source = new EventSource("/live/sse?v=1&streams=me");
          source.addEventListener("welcome", (event) => (source.close(), resolve(JSON.parse(event.data).t)));
        })`);
        assert.equal(own, "welcome", "our own page does");
        await close();
      } finally {
        await elsewhere.shutdown();
      }
    }));
}
