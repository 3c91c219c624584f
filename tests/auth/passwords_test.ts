import assert from "node:assert/strict";
import { argon2id } from "../../lib/auth/argon2.ts";
import { createPasswords } from "../../lib/auth/passwords.ts";
import { random } from "../support/storage.ts";
import { outcomes } from "./refused.ts";

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

Deno.test("argon2id() gives what the reference implementation gives", async () => {
  // `argon2` of P-H-C/phc-winner-argon2: test.c, version 0x13, t=2, m=16, p=1, "password", "somesalt", 32 bytes.
  const cost = { memory: 65_536, passes: 2, parallelism: 1 };
  const made = await argon2id("password", new TextEncoder().encode("somesalt"), cost, 32);
  assert.equal(hex(made), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
});

Deno.test("hash-wasm, the fallback, gives the same", async () => {
  const { argon2id: wasm } = await import("hash-wasm");
  const salt = random(16);
  const made = await wasm({
    password: "pä",
    salt,
    memorySize: 1024,
    iterations: 2,
    parallelism: 1,
    hashLength: 32,
    outputType: "hex",
  });
  const cost = { memory: 1024, passes: 2, parallelism: 1 };
  assert.equal(hex(await argon2id("pä", Uint8Array.from(salt), cost, 32)), made);
});

Deno.test("hash() makes a PHC string with a salt of its own, verify() knows it again", async () => {
  const passwords = createPasswords({ random });
  const phc = await passwords.hash("correct horse");
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(await passwords.hash("correct horse"), phc);
  assert.deepEqual(await passwords.verify("correct horse", phc), { fits: true, stale: false });
  assert.deepEqual(await passwords.verify("correct horsf", phc), { fits: false, stale: false });
});

Deno.test("verify() takes the two Unicode forms of a password for one", async () => {
  const passwords = createPasswords({ random });
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

Deno.test("at most four hashes are made at once, and a bounded number waits", async () => {
  let [under, most] = [0, 0];
  const gate = Promise.withResolvers<void>();
  const passwords = createPasswords({
    random,
    async derive() {
      most = Math.max(most, ++under);
      await gate.promise;
      under--;
      return new Uint8Array(32);
    },
  });
  const settled = Promise.allSettled(Array.from({ length: 300 }, () => passwords.hash("x")));
  gate.resolve();
  assert.deepEqual(outcomes(await settled), { done: 204, codes: Array(96).fill("unavailable") });
  assert.equal(most, 4);
  await passwords.hash("x"); // and there is room again
});
