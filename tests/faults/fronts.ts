/** nginx, haproxy and squid as Debian ships them, each with nothing more than where our server is. */
import { freePort } from "../support/server.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import type { Front } from "./site.ts";

export interface RealFront extends Front {
  /** Whether it is installed, with its configuration. */
  isThere(): boolean;
  /** Where it is a proxy that browsers are told of, instead of one that stands for the server. */
  readonly forward?: string;
}

export const fronts: Record<"nginx" | "haproxy" | "squid", () => RealFront> = {
  /** Speaks HTTP/1.0 to the server, under the server's own name, and takes an upgrade out. */
  nginx: () => ({
    hidesHost: true,
    isThere: () => isFile("/usr/sbin/nginx") && isFile("/etc/nginx/nginx.conf"),
    async start(port, server) {
      const dir = await Deno.makeTempDir({ prefix: "rivulet_nginx_" });
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const site = `${temporary.map((name) => `${name}_temp_path ${dir}/${name};`).join("\n")}
        server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${server}; } }`;
      const config = (await Deno.readTextFile("/etc/nginx/nginx.conf"))
        .replace(/^user .*$/m, "")
        .replace(/^\s*include \/etc\/nginx\/(modules-enabled|conf\.d)\/.*$/gm, "")
        .replace(/^\s*include \/etc\/nginx\/sites-enabled\/.*$/m, site)
        .replace(/^pid .*$/m, `pid ${dir}/pid;`)
        .replaceAll(/\/var\/log\/nginx/g, dir);
      await Deno.writeTextFile(`${dir}/conf`, config);
      const args = ["-e", `${dir}/error.log`, "-c", `${dir}/conf`, "-g", "daemon off;"];
      return await run("/usr/sbin/nginx", args, dir, port);
    },
  }),

  haproxy: () => ({
    hidesHost: false,
    isThere: () => isFile("/usr/sbin/haproxy") && isFile("/etc/haproxy/haproxy.cfg"),
    async start(port, server) {
      const dir = await Deno.makeTempDir({ prefix: "rivulet_haproxy_" });
      const shipped = await Deno.readTextFile("/etc/haproxy/haproxy.cfg");
      const defaults = shipped.slice(shipped.search(/^defaults$/m));
      const site = `
frontend site
  bind 127.0.0.1:${port}
  default_backend rivulet
backend rivulet
  server one 127.0.0.1:${server}
`;
      await Deno.writeTextFile(`${dir}/conf`, defaults + site);
      return await run("/usr/sbin/haproxy", ["-db", "-q", "-f", `${dir}/conf`], dir, port);
    },
  }),

  /** A forward proxy, as companies have; and at `port` the same one in front of the server. */
  squid: () => {
    const forward = freePort();
    return {
      hidesHost: false,
      forward: `http://127.0.0.1:${forward}`,
      isThere: () => isFile("/usr/sbin/squid") && isFile("/etc/squid/squid.conf"),
      async start(port, server) {
        const dir = await Deno.makeTempDir({ prefix: "rivulet_squid_" });
        await Deno.chmod(dir, 0o777); // started by root it becomes somebody else
        const config = (await Deno.readTextFile("/etc/squid/squid.conf"))
          .replace(/^http_port .*$/m, `http_port 127.0.0.1:${forward}\nhttp_port 127.0.0.1:${port} accel vhost`)
          .replace(/^coredump_dir .*$/m, `coredump_dir ${dir}`);
        const site = `
cache_peer 127.0.0.1 parent ${server} 0 no-query originserver name=rivulet
acl site localport ${port}
cache_peer_access rivulet allow site
cache_peer_access rivulet deny all
pid_filename none
access_log none
cache_log ${dir}/cache.log
cache_store_log none
shutdown_lifetime 0 seconds
`;
        await Deno.writeTextFile(`${dir}/conf`, config + site);
        return await run("/usr/sbin/squid", ["-N", "-f", `${dir}/conf`], dir, port);
      },
    };
  },
};

/** haproxy before several servers: each request goes to the next that is ready, and to another where one is not there. */
export async function balance(port: number, servers: number[]): Promise<Daemon> {
  const dir = await Deno.makeTempDir({ prefix: "rivulet_balance_" });
  const config = `
defaults
  mode http
  timeout connect 2s
  timeout client 1m
  timeout server 1m
  timeout tunnel 1h
  timeout check 5s
  retries 3
  option redispatch 1
  option httpchk GET /healthz
frontend site
  bind 127.0.0.1:${port}
  default_backend rivulet
backend rivulet
  balance roundrobin
  default-server check inter 100ms fall 1 rise 1
${servers.map((server, at) => `  server instance${at} 127.0.0.1:${server}`).join("\n")}
`;
  await Deno.writeTextFile(`${dir}/conf`, config);
  return await run("/usr/sbin/haproxy", ["-db", "-q", "-f", `${dir}/conf`], dir, port);
}

/** As `startDaemon`; the folder of its own is gone behind it. */
async function run(path: string, args: string[], dir: string, port: number): Promise<Daemon> {
  const { stop } = await startDaemon(path, args, port);
  return {
    async stop() {
      await stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
