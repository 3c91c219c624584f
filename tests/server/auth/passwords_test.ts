import assert from "node:assert/strict";
import { argon2id } from "../../../lib/server/auth/argon2.ts";
import { createPasswords } from "../../../lib/server/auth/passwords.ts";
import { random } from "../../support/storage.ts";

Deno.test("a hash that the runtime's own Argon2id made is still known", async () => {
  const passwords = createPasswords({ random, derive: argon2id });
  // By crypto.subtle of Deno 2.9.6, as they were made before.
  const phc = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$medtfZ7E/sGN9pUGCjwnTiAmoFxJ9nsssB+5S32YOlc";
  assert.deepEqual(await passwords.verify("correct hörse battery", phc), { fits: true, stale: false });
  assert.deepEqual(await passwords.verify("correct horse battery", phc), { fits: false, stale: false });
});

Deno.test("hash() makes a PHC string with a salt of its own, verify() knows it again", async () => {
  const passwords = createPasswords({ random, derive: argon2id });
  const phc = await passwords.hash("correct horse");
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(await passwords.hash("correct horse"), phc);
  assert.deepEqual(await passwords.verify("correct horse", phc), { fits: true, stale: false });
  assert.deepEqual(await passwords.verify("correct horsf", phc), { fits: false, stale: false });
});

Deno.test("verify() takes the two Unicode forms of a password for one", async () => {
  const passwords = createPasswords({ random, derive: argon2id });
  assert.equal((await passwords.verify("cafe\u0301 au lait", await passwords.hash("caf\u00e9 au lait"))).fits, true);
});

Deno.test("verify() tells a hash of other costs as stale, and reads no broken one", async () => {
  const passwords = createPasswords({ random, derive: () => Promise.resolve(new Uint8Array(32)) });
  const hash = "A".repeat(43);
  const salt = "A".repeat(22);
  const verify = (phc: string) => passwords.verify("x", phc);
  assert.deepEqual(await verify(`$argon2id$v=19$m=9216,t=4,p=1$${salt}$${hash}`), { fits: true, stale: true });
  assert.deepEqual(await verify(`$argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash}`), { fits: true, stale: false });
  for (const phc of ["", "$2b$12$abc", `$argon2id$v=19$m=19456,t=2,p=1$${salt}$`]) {
    assert.deepEqual(await verify(phc), { fits: false, stale: false });
  }
});
