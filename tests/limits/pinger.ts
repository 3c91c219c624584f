/** `pinger.ts <port> <count>`: sends a byte, waits for it to come back, and so on. */
const [port = "", count = ""] = Deno.args;
using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
const byte = new Uint8Array(1);
for (let sent = 0; sent < Number(count); sent++) {
  await connection.write(byte);
  await connection.read(byte);
}
