/** `deno task doctor`: what is wrong with this installation. Status 0: nothing; 1: something; 2: a setting. */
import deno from "../../../deno.json" with { type: "json" };
import { readManifest } from "../../build/manifest.ts";
import { checkDataDir, checkKv, checkPublicUrl, checkSettings, checkVersions } from "./checks.ts";
import { program } from "./program.ts";

await program(async (config) => {
  const isBuilt = await readManifest().then((it) => it !== undefined, () => false);
  const found = [
    ...checkVersions(deno.version, Deno.version.deno, isBuilt),
    ...checkSettings(config),
    ...config.kv ? await checkKv(config.kv) : await checkDataDir(config.dataDir, Date.now()),
    ...config.publicUrl === undefined ? [] : await checkPublicUrl(config.publicUrl, deno.version, Date.now),
  ];
  for (const { how, text } of found) console.log(`${how.padEnd(5)} ${text}`);
  if (found.some(({ how }) => how === "wrong")) Deno.exit(1);
});
