/**
 * `deno task admin recover <handle>`: a link by which an owner sets a new password. The embedded database has one
 * process at a time, so the server is stopped for it.
 */
import { openDatabase } from "../kv/open.ts";
import { createServices } from "../services.ts";
import { program } from "./program.ts";

await program(async (config, [what, handle]) => {
  if (what !== "recover" || !handle) throw new Error("Say whom: deno task admin recover <handle>");
  const services = await createServices({ config, ...await openDatabase(config), failed: console.error });
  try {
    const { token, expiresAt } = await services.auth.createRecovery(handle.replace(/^@/, "").toLowerCase());
    console.log(`${config.publicUrl ?? `http://localhost:${config.port}`}/recover/${token}`);
    console.error(`It works once, until ${new Date(expiresAt).toISOString()}. Start the server if you stopped it.`);
  } finally {
    services.close();
  }
});
