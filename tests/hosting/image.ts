/**
 * The Dockerfile without a container runtime: what its instructions say, in their order, in roots of their own. They
 * have this machine's programs and Deno, which stand for the base image, and nothing else of it.
 */

const VERBS = ["WORKDIR", "ENV", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"];
/** What `docker build` has of its daemon, to reach the registry. */
const NETWORK = ["NODE_EXTRA_CA_CERTS", "DENO_TLS_CA_STORE", "NPM_CONFIG_REGISTRY", "HTTPS_PROXY", "NO_PROXY"];
const BASE_ENV = { PATH: "/opt:/usr/local/bin:/usr/bin:/bin", HOME: "/root" };
const USER = "deno:x:1993:1993::/home/deno:/bin/sh"; // of the base image
const INIT = `set -e
programs() {
  mount --bind /usr $1/usr && mount -o remount,bind,ro $1/usr
  mount --bind ${Deno.execPath()} $1/opt/deno
  mount -t proc proc $1/proc && mount --rbind /dev $1/dev
}
base() {
  mkdir -p $1/usr $1/proc $1/dev $1/tmp $1/etc $1/opt $1/root $1/deno-dir
  for name in bin sbin lib lib64; do cp -P /$name $1/$name; done
  cp -r /etc/resolv.conf /etc/hosts /etc/nsswitch.conf /etc/ssl $1/etc
  printf 'root:x:0:0::/root:/bin/sh\\n${USER}\\n' >$1/etc/passwd
  printf 'root:x:0:\\ndeno:x:1993:\\n' >$1/etc/group
  chmod 1777 $1/tmp && touch $1/opt/deno
}
`;

interface Stage {
  name: string | undefined;
  root: string;
  env: Record<string, string>;
  workdir: string;
  user: string;
  volume: string;
  command: string[];
  healthCheck: string[];
}

export interface Image {
  /** Runs it as compose.yaml does: its root read-only, the volume's data in `data`. `settings` are variables. */
  start(data: string, settings: Record<string, string>): Deno.ChildProcess;
  /** Whether the health check of a process that was started is content. */
  isHealthy(pid: number, settings: Record<string, string>): Promise<boolean>;
  /** The code of a command in its root, by root or another user. */
  run(pid: number, user: string, line: string): Promise<number>;
}

/** Builds it of the folder `context` in the empty folder `dir`. Throws what a step says that fails. */
export async function buildImage(context: string, dir: string): Promise<Image> {
  const text = (await Deno.readTextFile(`${context}/Dockerfile`)).replace(/^#.*\n/gm, "").replaceAll("\\\n", " ");
  const lines = [INIT, await makeContext(context, `${dir}/context`)];
  const stages: Stage[] = [];
  for (const line of text.split("\n").filter((it) => it.trim() !== "")) {
    const [, verb = "", rest = ""] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (verb === "FROM") {
      const root = `${dir}/stage${stages.length}`;
      const none = { env: BASE_ENV, workdir: "/", user: "root", volume: "", command: [], healthCheck: [] };
      stages.push({ name: / AS (\S+)$/.exec(rest)?.[1], root, ...none });
      lines.push(`base ${root}; programs ${root}`);
      continue;
    }
    const stage = stages.at(-1);
    if (!stage || !VERBS.includes(verb)) throw new Error(`Cannot follow the Dockerfile: ${line}`);
    if (verb === "WORKDIR") lines.push(`mkdir -p ${stage.root}${stage.workdir = rest}`);
    if (verb === "ENV") stage.env = { ...stage.env, ...Object.fromEntries(rest.split(" ").map((it) => it.split("="))) };
    if (verb === "USER") stage.user = rest;
    if (verb === "VOLUME") stage.volume = rest;
    if (verb === "CMD") stage.command = JSON.parse(rest);
    if (verb === "HEALTHCHECK") stage.healthCheck = JSON.parse(rest.replace(/^.* CMD /, ""));
    if (verb === "RUN") lines.push(inside(stage, ["sh", "-c", `cd ${stage.workdir} && ${rest}`], ofNetwork()));
    if (verb === "COPY") lines.push(copy(rest, stage, stages, `${dir}/context`));
  }
  const stage = stages.at(-1);
  if (!stage) throw new Error("The Dockerfile has no stage");
  const { success, stderr } = await inNamespace(lines.join("\n"), "piped").output();
  if (!success) throw new Error(`The image cannot be built: ${new TextDecoder().decode(stderr)}`);

  const entered = (pid: number, command: string) =>
    new Deno.Command("nsenter", {
      args: ["-t", String(pid), "-m", "sh", "-c", command],
      stdout: "null",
      stderr: "null",
    });
  const words = (command: string[]) => ["sh", "-c", `cd ${stage.workdir} && exec "$@"`, "sh", ...command];
  return {
    start: (data, settings) =>
      inNamespace(
        `${INIT}mount --bind ${stage.root} ${stage.root} && mount -o remount,bind,ro ${stage.root}
programs ${stage.root}
mount --bind ${data} ${stage.root}${stage.volume} && mount -t tmpfs tmpfs ${stage.root}/tmp
exec ${inside(stage, words(stage.command), settings)}`,
        "inherit",
      ).spawn(),
    isHealthy: async (pid, settings) =>
      (await entered(pid, inside(stage, words(stage.healthCheck), settings)).output()).success,
    run: async (pid, user, line) => (await entered(pid, inside({ ...stage, user }, ["sh", "-c", line])).output()).code,
  };
}

/** Mounts are gone with whoever made them. */
function inNamespace(script: string, stderr: "piped" | "inherit"): Deno.Command {
  const args = ["--mount", "--propagation", "private", "sh", "-c", script];
  return new Deno.Command("unshare", { args, stdin: "null", stdout: "null", stderr });
}

function inside({ root, user, env }: Stage, command: string[], more: Record<string, string> = {}): string {
  const all = Object.entries({ ...env, ...more }).map(([name, value]) => `${name}=${value}`);
  return ["chroot", `--userspec=${user}:${user}`, root, "env", "-i", ...all, ...command].map(quoted).join(" ");
}

function copy(rest: string, stage: Stage, stages: Stage[], context: string): string {
  const words = rest.split(" ");
  const from = /^--from=(.+)$/.exec(words[0] ?? "")?.[1];
  const to = words.at(-1) ?? "";
  const target = `${stage.root}${to.startsWith("/") ? to : `${stage.workdir}/${to}`}`;
  if (from === undefined) {
    const sources = words.slice(0, -1);
    if (sources.length > 1 || to.endsWith("/")) {
      return `mkdir -p ${target} && cp -a ${sources.map((it) => `${context}/${it}`).join(" ")} ${target}`;
    }
    return `cp -a ${context}/${sources[0]} ${target}`;
  }
  const root = stages.find(({ name }) => name === from)?.root;
  return `mkdir -p ${target} && cp -a ${root}${words[1]}/. ${target}`;
}

/** What .dockerignore leaves: `*` first, then what is taken in again, then what is left out of that. */
async function makeContext(context: string, target: string): Promise<string> {
  const [all, ...patterns] = (await Deno.readTextFile(`${context}/.dockerignore`)).trim().split("\n");
  if (all !== "*" || patterns.some((it) => /[*?[]/.test(it))) throw new Error("Cannot follow .dockerignore");
  return [
    `mkdir -p ${target} && cd ${context}`,
    ...patterns.map((it) => it.startsWith("!") ? `cp -a --parents ${it.slice(1)} ${target}` : `rm -rf ${target}/${it}`),
  ].join("\n");
}

function ofNetwork(): Record<string, string> {
  return Object.fromEntries(NETWORK.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
