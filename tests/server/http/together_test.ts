/** What a socket is given in one turn of the event loop can leave in one write: with the acknowledgements of one commit. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Socket as TcpSocket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { createSockets } from "../../../lib/server/http/node_sockets.ts";
import type { Socket } from "../../../lib/server/http/upgrade.ts";

Deno.test("what is sent together leaves in one write, whole and in order; what comes later in another", async () => {
  const sockets = createSockets(10_000);
  const opened = Promise.withResolvers<Socket>();
  const writes = { count: 0 };
  const server = createServer().on("upgrade", (incoming, tcp, head) => {
    assert.ok(tcp instanceof TcpSocket);
    const { socket, hear } = sockets.upgrade(incoming, tcp, head);
    for (const name of ["_write", "_writev"] as const) {
      const write: unknown = Reflect.get(tcp, name);
      assert.ok(typeof write === "function");
      Reflect.set(tcp, name, (...given: unknown[]) => {
        writes.count++;
        return Reflect.apply(write, tcp, given);
      });
    }
    hear({ opened: () => opened.resolve(socket), text() {}, binary() {}, tooBig() {}, closed() {} });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address && typeof address === "object");
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
  try {
    const heard: string[] = [];
    const all = new Promise<void>((resolve) =>
      client.addEventListener("message", ({ data }) => heard.push(data) === 10 && resolve())
    );
    const socket = await opened.promise;
    const texts = Array.from({ length: 9 }, (_, at) => `${at} `.repeat(100 * at));
    for (const text of texts.slice(0, 8)) {
      socket.together?.();
      socket.send(text);
    }
    socket.send(texts[8] ?? "");
    await setImmediate();
    assert.equal(writes.count, 1);
    socket.send("later");
    await all;
    assert.equal(writes.count, 2);
    assert.deepEqual(heard, [...texts, "later"]);
  } finally {
    const closed = new Promise((resolve) => client.addEventListener("close", resolve));
    client.close();
    await closed;
    sockets.end();
    await new Promise((resolve) => server.close(resolve));
  }
});
