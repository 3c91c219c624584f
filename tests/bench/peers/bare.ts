/** The shortest broadcast that Deno allows: its own WebSocket, a set and a loop, nothing stored. */
const followers = new Set<WebSocket>();

Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(JSON.stringify({ port })) },
  (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      if (new URL(request.url).pathname === "/follow") followers.add(socket);
      socket.send("hello");
    };
    socket.onclose = () => followers.delete(socket);
    socket.onmessage = ({ data }) => {
      for (const follower of followers) if (follower.readyState === WebSocket.OPEN) follower.send(data);
    };
    return response;
  },
);
