/** Socket.IO 4 as its documentation shows it: rooms, broadcasts, nothing stored. Runs under Deno and under Node. */
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.on("join", (rooms: string[], joined: () => void) => {
    socket.join(rooms);
    joined();
  });
  socket.on("send", (room: string, message: unknown, sent?: () => void) => {
    socket.to(room).emit("message", message);
    sent?.();
  });
});
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (address && typeof address === "object") console.log(JSON.stringify({ port: address.port }));
});
