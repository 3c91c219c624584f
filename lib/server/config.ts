/** Every setting, read once at boot from the environment (lib/protocol/README.md §0). Nothing else reads it. */
import { isNetwork } from "./http/address.ts";

const PORT_DEFAULT = 8000;
const PORT_MAX = 65_535;
const TOKEN_MAX = 200; // characters, what `auth.setUp` takes
const METRICS_TOKEN_MIN = 16; // characters: nothing counts how often somebody guesses
const LEVELS = ["debug", "info", "warn", "error"] as const;
const FORMATS = ["text", "json"] as const;

export type LogLevel = (typeof LEVELS)[number];
export type LogFormat = (typeof FORMATS)[number];

export interface Config {
  host: string;
  port: number;
  dataDir: string;
  /** The origin that people use, without a trailing slash. */
  publicUrl?: string;
  /** Addresses and CIDRs of proxies whose X-Forwarded-For is believed. */
  trustProxy: string[];
  kv?: { url: string; token: string };
  setupToken?: string;
  logLevel: LogLevel;
  logFormat: LogFormat;
  /** Whoever has it may read /metrics; without it nobody may. */
  metricsToken?: string;
  /** False switches the rates of lib/protocol/README.md §3 off, for load tests. */
  limits: boolean;
  /** Runs on Deno Deploy, which provides the database. */
  deploy: boolean;
  /** Where Deno Deploy says that the database is. */
  deployedAt?: string;
}

/** The settings' names, and what Deno Deploy sets. Nothing else is read of the environment. */
export const SETTINGS = [
  "HOST",
  "PORT",
  "DATA_DIR",
  "PUBLIC_URL",
  "TRUST_PROXY",
  "KV_URL",
  "KV_TOKEN",
  "SETUP_TOKEN",
  "LOG_LEVEL",
  "LOG_FORMAT",
  "METRICS_TOKEN",
  "LIMITS",
  "DENO_DEPLOY",
  "DENO_KV_DEFAULT_PATH",
];

/** A setting that cannot be used. Its message is one line that names the setting and says why. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Reads the settings; an empty value counts as unset. Throws `ConfigError` for one that cannot be used. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const read = (name: string) => env[name]?.trim() || undefined;
  const publicUrl = readPublicUrl(read("PUBLIC_URL"));
  const kv = readKv(read("KV_URL"), read("KV_TOKEN"));
  const setupToken = readSetupToken(read("SETUP_TOKEN"));
  const metricsToken = readMetricsToken(read("METRICS_TOKEN"));
  // Containers and other hosts set DENO_DEPLOYMENT_ID too, so it proves nothing.
  const deploy = read("DENO_DEPLOY") !== undefined;
  const deployedAt = deploy ? read("DENO_KV_DEFAULT_PATH") : undefined;
  return {
    host: readHost(read("HOST")),
    port: readPort(read("PORT")),
    dataDir: readDataDir(read("DATA_DIR")),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    trustProxy: readTrustProxy(read("TRUST_PROXY")),
    ...(kv === undefined ? {} : { kv }),
    ...(setupToken === undefined ? {} : { setupToken }),
    logLevel: oneOf(LEVELS, "LOG_LEVEL", read("LOG_LEVEL") ?? "info"),
    logFormat: oneOf(FORMATS, "LOG_FORMAT", read("LOG_FORMAT") ?? "text"),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    limits: readLimits(read("LIMITS")),
    deploy,
    ...(deployedAt === undefined ? {} : { deployedAt }),
  };
}

/** Quotes a value, so that a line end in it doesn't make two lines. One of an address with a password stays unsaid. */
function refuse(name: string, why: string, value?: string): never {
  const said = value === undefined || /[@?]/.test(value) ? "" : `, not ${JSON.stringify(value)}`;
  throw new ConfigError(`${name} ${why}${said}`);
}

function readHost(value = "0.0.0.0"): string {
  const host = value.replace(/^\[(.*)\]$/, "$1");
  if (!/^[A-Za-z0-9._-]+$/.test(host) && !isNetwork(host)) refuse("HOST", "must be an address or a host name", value);
  return host;
}

function readPort(value = String(PORT_DEFAULT)): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > PORT_MAX) refuse("PORT", `must be a number from 0 to ${PORT_MAX}`, value);
  return port;
}

function readDataDir(value = "./data"): string {
  // The runtime takes a list with commas of what may be read and written.
  if (/[\0,]/.test(value)) refuse("DATA_DIR", "must be a path without a comma", value);
  return value;
}

function readPublicUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = parseHttpUrl(value);
  if (!url) refuse("PUBLIC_URL", "must be an http or https URL", value);
  if (url.username || url.password) refuse("PUBLIC_URL", "must be an origin, without a name or password");
  if (url.pathname !== "/" || url.search || url.hash || /[?#]/.test(value)) {
    refuse("PUBLIC_URL", "must be an origin, without a path", value);
  }
  return url.origin;
}

function readTrustProxy(value = ""): string[] {
  const networks = value.split(",").map((one) => one.trim()).filter((one) => one !== "");
  for (const one of networks) {
    if (!isNetwork(one)) refuse("TRUST_PROXY", "must be addresses and CIDRs, comma-separated", one);
  }
  return networks;
}

function readKv(url: string | undefined, token: string | undefined): Config["kv"] {
  if (url === undefined) {
    if (token !== undefined) refuse("KV_URL", "must be set where KV_TOKEN is");
    return undefined;
  }
  if (!parseHttpUrl(url)) refuse("KV_URL", "must be an http or https URL"); // its value may hold a password
  if (token === undefined) refuse("KV_TOKEN", "must be set where KV_URL is");
  if (!/^[ -~]+$/.test(token)) refuse("KV_TOKEN", "must be a line of ASCII characters, as a header takes it");
  return { url, token };
}

/** Its value is a secret, so it stands in no message. */
function readSetupToken(value: string | undefined): string | undefined {
  if (value !== undefined && (value.length > TOKEN_MAX || !value.isWellFormed())) {
    refuse("SETUP_TOKEN", `must have at most ${TOKEN_MAX} characters`);
  }
  return value;
}

/** The same. */
function readMetricsToken(value: string | undefined): string | undefined {
  if (value !== undefined && (!/^[!-~]+$/.test(value) || value.length < METRICS_TOKEN_MIN)) {
    refuse("METRICS_TOKEN", `must be at least ${METRICS_TOKEN_MIN} ASCII characters without a space`);
  }
  return value;
}

function oneOf<T extends string>(all: readonly T[], name: string, value: string): T {
  const found = all.find((one) => one === value);
  return found ?? refuse(name, `must be ${all.slice(0, -1).join(", ")} or ${all.at(-1)}`, value);
}

function readLimits(value: string | undefined): boolean {
  if (value !== undefined && value !== "off") refuse("LIMITS", "must be off or unset", value);
  return value === undefined;
}

function parseHttpUrl(value: string): URL | undefined {
  const url = URL.parse(value);
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
