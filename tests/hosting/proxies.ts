/** The proxies of lib/hosting/, started with those very files: only addresses and the certificate's place are others. */
import { type Daemon, startDaemon } from "../faults/daemon.ts";

export interface TlsFront {
  path: string;
  /** Begins to speak TLS at `port`, for the server at `server`. */
  start(dir: string, port: number, server: number): Promise<Daemon>;
}

const HOSTING = new URL("../../lib/hosting/", import.meta.url);
const HOST_NAME = "chat.example.org";

/** A certificate for localhost and its key, in `dir`. */
export async function makeCertificate(dir: string): Promise<string> {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${dir}/privkey.pem`];
  const extensions = ["subjectAltName=DNS:localhost", "basicConstraints=critical,CA:FALSE"];
  const name = ["-subj", "/CN=localhost", "-days", "2", ...extensions.flatMap((it) => ["-addext", it])];
  const args = ["req", "-x509", ...key, "-out", `${dir}/fullchain.pem`, ...name];
  const { success, stderr } = await new Deno.Command("openssl", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const certificate = await Deno.readTextFile(`${dir}/fullchain.pem`);
  await Deno.writeTextFile(`${dir}/both.pem`, certificate + await Deno.readTextFile(`${dir}/privkey.pem`));
  return certificate;
}

export const tlsFronts: Record<"nginx" | "haproxy" | "caddy", TlsFront> = {
  nginx: {
    path: "/usr/sbin/nginx",
    async start(dir, port, server) {
      const site = await snippet("nginx.conf", {
        "listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
        [`server_name ${HOST_NAME}`]: "server_name localhost",
        [`/etc/ssl/${HOST_NAME}/fullchain.pem`]: `${dir}/fullchain.pem`,
        [`/etc/ssl/${HOST_NAME}/privkey.pem`]: `${dir}/privkey.pem`,
        "127.0.0.1:8000": `127.0.0.1:${server}`,
      });
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const paths = temporary.map((name) => `${name}_temp_path ${dir}/${name};`).join(" ");
      const config = `pid ${dir}/pid; events {} http { access_log off; ${paths}\n${site}}`;
      await Deno.writeTextFile(`${dir}/nginx.conf`, config);
      const args = ["-e", `${dir}/error.log`, "-c", `${dir}/nginx.conf`, "-g", "daemon off;"];
      return await startDaemon(this.path, args, port);
    },
  },

  haproxy: {
    path: "/usr/sbin/haproxy",
    async start(dir, port, server) {
      const site = await snippet("haproxy.cfg", {
        "bind :443": `bind 127.0.0.1:${port}`,
        [`/etc/ssl/${HOST_NAME}.pem`]: `${dir}/both.pem`,
        "127.0.0.1:8000": `127.0.0.1:${server}`,
      });
      const shipped = await Deno.readTextFile("/etc/haproxy/haproxy.cfg");
      await Deno.writeTextFile(`${dir}/haproxy.cfg`, `${shipped.slice(shipped.search(/^defaults$/m))}\n${site}`);
      return await startDaemon(this.path, ["-db", "-q", "-f", `${dir}/haproxy.cfg`], port);
    },
  },

  /** Its own certificates come from an authority that only the Internet reaches. */
  caddy: {
    path: "/usr/bin/caddy",
    async start(dir, port, server) {
      const site = await snippet("Caddyfile", {
        [`{$HOST_NAME:${HOST_NAME}} {`]: `https://localhost:${port} {\n\ttls ${dir}/fullchain.pem ${dir}/privkey.pem`,
        "{$INSTANCES:127.0.0.1:8000}": `127.0.0.1:${server}`,
      });
      const settings = `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${dir}/caddy\n}\n`;
      await Deno.writeTextFile(`${dir}/Caddyfile`, settings + site);
      return await startDaemon(this.path, ["run", "--config", `${dir}/Caddyfile`, "--adapter", "caddyfile"], port);
    },
  },
};

/** A file of lib/hosting/ with each of these texts, which must be there, replaced. */
async function snippet(name: string, replaced: Record<string, string>): Promise<string> {
  let text = await Deno.readTextFile(new URL(name, HOSTING));
  for (const [old, other] of Object.entries(replaced)) {
    if (!text.includes(old)) throw new Error(`lib/hosting/${name} has no ${old}`);
    text = text.replaceAll(old, other);
  }
  return text;
}
