/** What the programs for operators have in common. */
import { type Config, readConfig, SETTINGS } from "../config.ts";
import { CannotOpen } from "../kv/cannot_open.ts";

/** Runs a program with the settings and what stands behind its name. Its errors are one line, and the status is 2. */
export async function program(run: (config: Config, args: string[]) => Promise<void>): Promise<void> {
  let secret: string | undefined;
  try {
    const config = readConfig(Object.fromEntries(SETTINGS.map((name) => [name, Deno.env.get(name)])));
    secret = config.kv?.token;
    await run(config, Deno.args);
  } catch (error) {
    const setting = error instanceof CannotOpen ? `${error.setting}: ` : "";
    const line = `${setting}${error instanceof Error ? error.message : String(error)}`.replace(/\s+/g, " ");
    console.error(secret === undefined ? line : line.replaceAll(secret, "…"));
    Deno.exit(2);
  }
}
