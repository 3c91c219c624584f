/** `deno task restore <file>`: puts a backup into the empty database that the settings name, all of it or nothing. */
import { restore } from "../kv/backup.ts";
import { openDatabase } from "../kv/open.ts";
import { program } from "./program.ts";

await program(async (config, [file]) => {
  if (file === undefined) throw new Error("Say which: deno task restore <file>");
  const { db } = await openDatabase(config);
  try {
    const { values, at, versionstamp } = await restore(db, file, Date.now());
    console.log(`${file}: ${values} values of ${new Date(at).toISOString()} are back, as of ${versionstamp}`);
  } finally {
    db.close();
  }
});
