/** Password hashes as PHC strings. */
import { type Argon2Cost, type Derive, SALT_BYTES } from "./argon2.ts";
import { fromBase64, toBase64 } from "./base64.ts";

const COST: Argon2Cost = { memory: 19_456, passes: 2 }; // OWASP's choice for Argon2id
const HASH_BYTES = 32;
/** All hashes that were ever stored have one lane and a salt of 16 bytes. */
const PHC = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,5}),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{16,86})$/;

export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Whether `password` made `phc`. Without a `phc` it works as long and says no, so that the time taken doesn't tell who
   * has a password here. `stale`: it fits, but was made with other costs than today's.
   */
  verify(password: string, phc: string | undefined): Promise<{ fits: boolean; stale: boolean }>;
  /** Makes a hash that nobody needs, so that the first person who signs in does not wait for the set-up of hashing. */
  warmUp(): Promise<void>;
}

/** Both throw what `derive` throws. */
export function createPasswords(
  { random, derive }: { random: (bytes: number) => Uint8Array; derive: Derive },
): Passwords {
  const work = (password: string, salt: Uint8Array<ArrayBuffer>, cost: Argon2Cost) =>
    // The same password typed on two systems may come in two Unicode forms.
    derive(password.normalize("NFKC"), salt, cost, HASH_BYTES);

  return {
    async hash(password) {
      const salt = Uint8Array.from(random(SALT_BYTES));
      return format(COST, salt, await work(password, salt, COST));
    },
    async verify(password, phc) {
      const parsed = phc === undefined ? undefined : parse(phc);
      const { cost, salt, hash } = parsed ?? { cost: COST, salt: new Uint8Array(SALT_BYTES), hash: new Uint8Array() };
      const made = await work(password, salt, cost);
      const fits = isEqual(made, hash);
      return { fits, stale: fits && format(cost, salt, hash) !== format(COST, salt, hash) };
    },
    async warmUp() {
      await work("", new Uint8Array(SALT_BYTES), COST);
    },
  };
}

function format({ memory, passes }: Argon2Cost, salt: Uint8Array, hash: Uint8Array): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=1$${toBase64(salt)}$${toBase64(hash)}`;
}

function parse(phc: string): { cost: Argon2Cost; salt: Uint8Array<ArrayBuffer>; hash: Uint8Array } | undefined {
  const match = PHC.exec(phc);
  if (!match) return undefined;
  const [, memory, passes, salt = "", hash = ""] = match;
  const cost = { memory: Number(memory), passes: Number(passes) };
  return { cost, salt: fromBase64(salt), hash: fromBase64(hash) };
}

/** Constant in time for hashes of one length; the length is no secret. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [at, byte] of one.entries()) difference |= byte ^ (other[at] ?? 0);
  return difference === 0;
}
