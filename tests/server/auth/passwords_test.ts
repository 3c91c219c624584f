import assert from "node:assert/strict";
import { argon2id } from "../../../lib/server/auth/argon2.ts";
import { createPasswords } from "../../../lib/server/auth/passwords.ts";

const passwords = createPasswords({ argon2id });

Deno.test("a hash that the runtime's own Argon2id made is still known", async () => {
  // By crypto.subtle of Deno 2.9.6, as they were made before.
  const phc = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$medtfZ7E/sGN9pUGCjwnTiAmoFxJ9nsssB+5S32YOlc";
  assert.deepEqual(await passwords.verify("correct hörse battery", phc), { fits: true, stale: false });
  assert.deepEqual(await passwords.verify("correct horse battery", phc), { fits: false, stale: false });
});

Deno.test("hash() makes a PHC string with a salt of its own, verify() knows it again", async () => {
  const phc = await passwords.hash("correct horse");
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(await passwords.hash("correct horse"), phc);
  assert.deepEqual(await passwords.verify("correct horse", phc), { fits: true, stale: false });
  assert.deepEqual(await passwords.verify("correct horsf", phc), { fits: false, stale: false });
});

Deno.test("verify() takes the two Unicode forms of a password for one", async () => {
  assert.equal((await passwords.verify("cafe\u0301 au lait", await passwords.hash("caf\u00e9 au lait"))).fits, true);
});

Deno.test("verify() finds a hash of other costs stale, and none that is broken or missing fits", async () => {
  // By hash-wasm.
  const other = "$argon2id$v=19$m=9216,t=4,p=1$c2l4dGVlbiBieXRlcyBvaw$S6P4OWd1pWtBRYhePa/mDbhF1/zRGkW4/5zCd/0Bmsg";
  assert.deepEqual(await passwords.verify("x", other), { fits: true, stale: true });
  assert.deepEqual(await passwords.verify("y", other), { fits: false, stale: false });
  for (const phc of ["", "$2b$12$abc", "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$", undefined]) {
    assert.deepEqual(await passwords.verify("x", phc), { fits: false, stale: false });
  }
});
