/** Argon2id with the least costs that libsodium takes, for tests that sign in but aren't about what a hash costs. */
import type { Argon2id } from "../../lib/server/auth/argon2.ts";

const PASSES = 1;
const MEMORY_BYTES = 8_192;

/** Compares with a hash of any costs, those of `NOBODYS` too; makes cheap ones. */
export const cheapArgon2id: Argon2id = async (password, phc) => {
  const { default: sodium } = await import("libsodium-wrappers-sumo");
  await sodium.ready;
  if (phc === undefined) {
    return { phc: sodium.crypto_pwhash_str(password, PASSES, MEMORY_BYTES), fits: true, stale: false };
  }
  const fits = sodium.crypto_pwhash_str_verify(phc, password);
  return { phc, fits, stale: fits && sodium.crypto_pwhash_str_needs_rehash(phc, PASSES, MEMORY_BYTES) };
};
