/** The `ws` package with the broadcast of its README, nothing stored. Runs under Deno and under Node. */
import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";

const http = createServer();
const followers = new Set<WebSocket>();
new WebSocketServer({ server: http }).on("connection", (socket, request) => {
  if (request.url === "/follow") followers.add(socket);
  socket.on("close", () => followers.delete(socket));
  socket.on("message", (data) => {
    const message = data.toString();
    for (const follower of followers) if (follower.readyState === follower.OPEN) follower.send(message);
  });
  socket.send("hello");
});
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (address && typeof address === "object") console.log(JSON.stringify({ port: address.port }));
});
