/** A worker that dies or hangs at certain passwords, and otherwise hashes as ours does. */
import { argon2id, type Hashed } from "../../../lib/server/auth/argon2.ts";
import type { ToHash } from "../../../lib/server/auth/hash_worker.ts";
import { answerAll } from "../../../lib/server/limits/in_worker.ts";

answerAll<ToHash, Hashed>(({ password, phc }) => {
  if (password === "die") throw new Error("It died");
  if (password === "hang") return new Promise(() => {});
  return argon2id(password, phc);
});
