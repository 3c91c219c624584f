/**
 * `deno task backup <file> [<database>]`: all data as one file (lib/server/kv/backup_file.ts), also while the server
 * runs. `database` is the SQLite file of a `denokv`; by default it is the embedded database's.
 */
import { backUp } from "../kv/backup.ts";
import { fileIn } from "../kv/data_dir.ts";
import { program } from "./program.ts";

await program(async (config, [to, from]) => {
  if (to === undefined) throw new Error("Say where to: deno task backup <file>");
  if (from === undefined && (config.kv || config.deploy)) {
    throw new Error(
      "KV_URL: KV Connect has no read of everything at one version; " +
        "name the SQLite file of your denokv, on its machine: deno task backup <file> <database>",
    );
  }
  const { values, bytes, sha256, versionstamp } = await backUp(from ?? fileIn(config.dataDir), to, Date.now());
  console.log(`${to}: ${values} values as of ${versionstamp}, ${bytes} bytes, checksum of its lines ${sha256}`);
});
