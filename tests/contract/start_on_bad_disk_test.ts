/** A database that is whole is not called damaged, whatever keeps it from being opened: a backup would not help. */
import assert from "node:assert/strict";
import { unmountable, withSmallDisk } from "../faults/small_disk.ts";
import { startServer } from "../support/server.ts";
import { assertOneLine, failedStart } from "./failed_start.ts";

const BYTES = 16 * 1024 * 1024;

if (unmountable !== undefined) console.log(`The test of starts on a bad disk does not run: ${unmountable}`);

Deno.test({
  name: "a start that can't write its data says so, and the data are as they were",
  ignore: unmountable !== undefined,
  fn: (t) =>
    withSmallDisk(BYTES, async ({ path, fill, makeRoom, protect, unprotect }) => {
      const start = async () => await (await startServer({ dataDir: path })).stop();
      await start();
      const refused = async () => {
        const ended = await failedStart({ dataDir: path });
        assertOneLine(ended, "DATA_DIR");
        assert.doesNotMatch(ended.lines[0] ?? "", /damaged|backup/);
      };
      await t.step("on a full disk it starts, or says that it can't open the file", async () => {
        fill();
        const server = await startServer({ dataDir: path }).catch((error) => String(error));
        if (typeof server === "string") assert.doesNotMatch(server, /damaged|backup/);
        else await server.stop();
        makeRoom();
      });
      await t.step("with a file that may only be read", async () => {
        await protect("rivulet.sqlite");
        await refused();
        await unprotect("rivulet.sqlite");
      });
      await t.step("with a folder where SQLite keeps a file", async () => {
        await Deno.remove(`${path}/rivulet.sqlite-shm`).catch(() => {}); // it is made anew
        await Deno.mkdir(`${path}/rivulet.sqlite-shm`);
        await refused();
        await Deno.remove(`${path}/rivulet.sqlite-shm`);
      });
      await t.step("and once nothing is in the way, it starts", start);
    }),
});
