/** Argon2id with the least costs that RFC 9106 has, for tests that sign in but aren't about what a hash costs. */
import { argon2id, argon2Verify } from "hash-wasm";
import type { Argon2id } from "../../lib/server/auth/argon2.ts";

const COSTS = { iterations: 1, memorySize: 8, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const CHEAP = /^\$argon2id\$v=19\$m=8,t=1,p=1\$/;

/** Compares with a hash of any costs, those of `NOBODYS` too; makes cheap ones. */
export const cheapArgon2id: Argon2id = async (password, phc) => {
  if (phc !== undefined) {
    const fits = await argon2Verify({ password, hash: phc });
    return { phc, fits, stale: fits && !CHEAP.test(phc) };
  }
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const made = await argon2id({ ...COSTS, password, salt, hashLength: HASH_BYTES, outputType: "encoded" });
  return { phc: made, fits: true, stale: false };
};
