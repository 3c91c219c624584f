/** Boot: config → kv → services → app → serve → drain on SIGINT or SIGTERM. */
import { readManifest } from "./lib/build/manifest.ts";
import { type Config, ConfigError, readConfig, SETTINGS } from "./lib/server/config.ts";
import { CannotOpen } from "./lib/server/kv/cannot_open.ts";
import { openDatabase, settingOf } from "./lib/server/kv/open.ts";
import { armLastResort } from "./lib/server/http/last_resort.ts";
import { openLogging } from "./lib/server/http/logging.ts";
import { CannotListen, type Listening } from "./lib/server/http/listening.ts";
import { serve } from "./lib/server/http/server.ts";
import { logFailed } from "./lib/server/http/storage_log.ts";
import { createServices, type Services } from "./lib/server/services.ts";
import { warmPatterns } from "./lib/protocol/visible.ts";
import { warmFormats } from "./lib/ui/shell/format.ts";
import { createApp } from "./routes/app.tsx";
import { DEFAULT_ZONE } from "./routes/pages/settings/preferences.ts";

const GOODBYE_MS = 100; // for close frames to leave before the runtime's own 1001
const DRAIN_DEADLINE_MS = 4_500;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const PENDING_EVERY_MS = 60_000; // between two looks for pending notifications of processes that died
const WARM_UP_EVERY_MS = 100; // between two steps of it
const SHUTDOWN_MS = 1_000; // for responses under way
const REASON_MAX = 300; // characters

/** What the line that ends a start must not show. */
let secrets: string[] = [];

const config = configOrExit();
secrets = [config.kv?.token, config.setupToken, config.metricsToken].filter((secret) => secret !== undefined);
const logger = await openLogging(config);
// A throw in any handler, timer or stream callback never ends the process.
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  logger.error("Unhandled rejection: {error}", { error: event.reason });
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  logger.error("Uncaught error: {error}", { error: event.error });
});
if (!config.limits) logger.warn("LIMITS=off: nobody's rate is limited; never run a public server so");

const services = await servicesOrExit();
const app = createApp(services);
const serving = serveOrExit();
let ending = false;
for (const signal of SIGNALS) Deno.addSignalListener(signal, () => end()); // whoever gets an answer may stop it
const server = await serving;
const url = config.publicUrl ?? `http://localhost:${server.port}`;
const token = await services.auth.setupToken().catch((error) => exitOverStorage(error));
void services.notifyAllPending();
setInterval(() => ending || void services.notifyAllPending(), PENDING_EVERY_MS);
console.log(
  token === undefined ? `Rivulet is at ${url}` : `Set up Rivulet at ${url}/welcome?token=${encodeURIComponent(token)}`,
);
// What a start need not wait for, nor who asks first: the steps hold the event loop up for some 30 ms each.
for (
  const step of [
    () => armLastResort(SIGNALS),
    () => services.auth.warmUp().catch((error) => logger.warn("Password hashing is not ready: {error}", { error })),
    warmPatterns,
    () => warmFormats(DEFAULT_ZONE),
  ]
) {
  await wait(WARM_UP_EVERY_MS);
  void step();
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  setTimeout(() => Deno.exit(1), DRAIN_DEADLINE_MS); // whatever hangs, the process ends within 5 s
  await services.drain();
  await wait(GOODBYE_MS);
  await Promise.race([serving.then((it) => it.shutdown()), wait(SHUTDOWN_MS)]);
  services.close();
  Deno.exit(0);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function configOrExit(): Config {
  try {
    return readConfig(Object.fromEntries(SETTINGS.map((name) => [name, Deno.env.get(name)])));
  } catch (error) {
    if (error instanceof ConfigError) exit(error.message);
    throw error;
  }
}

async function servicesOrExit(): Promise<Services> {
  const built = await readManifest().catch((error) => exit(`Cannot start: ${reasonOf(error)}`));
  if (!built) exit("Cannot start: the pages' scripts and styles are not built; run deno task build");
  try {
    return await createServices({ config, ...await openDatabase(config), failed: logFailed, say: console.error });
  } catch (error) {
    return exitOverStorage(error);
  }
}

async function serveOrExit(): Promise<Listening> {
  try {
    return await serve(config, (request, peer) => app.fetch(request, peer));
  } catch (error) {
    if (!(error instanceof CannotListen)) throw error;
    return exit(`${error.setting}: cannot listen on ${config.host}:${config.port}, ${error.message}`);
  }
}

function exitOverStorage(error: unknown): never {
  return exit(`${error instanceof CannotOpen ? error.setting : settingOf(config)}: ${reasonOf(error)}`);
}

/** One line that names the setting and says why, with no stack and no secret (lib/protocol/README.md §0). */
function exit(line: string): never {
  const masked = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), line);
  console.error(masked.replace(/\s+/g, " ").slice(0, REASON_MAX));
  Deno.exit(2);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
