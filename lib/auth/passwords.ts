/** Password hashes as PHC strings. At most four are made at once, so that a flood of tries cannot eat the machine. */
import { Refusal } from "../protocol/errors.ts";
import { type Argon2Cost, argon2id, type Derive } from "./argon2.ts";
import { fromBase64, toBase64 } from "./base64.ts";

const COST: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }; // OWASP's choice for Argon2id
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const AT_ONCE = 4;
const WAITING_MAX = 200; // tries; past that the queue would outlast every client's patience
const RETRY_MS = 2_000;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,5}),p=(\d{1,3})\$([A-Za-z0-9+/]{8,86})\$([A-Za-z0-9+/]{16,86})$/;

export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Whether `password` made `phc`. Without a `phc` it works as long and says no, so that the time taken doesn't tell who
   * has a password here. `stale`: it fits, but was made with other costs than today's.
   */
  verify(password: string, phc: string | undefined): Promise<{ fits: boolean; stale: boolean }>;
}

/** Both throw `Refusal("unavailable")` while too many are waiting. */
export function createPasswords(
  { random, derive = argon2id }: { random: (bytes: number) => Uint8Array; derive?: Derive },
): Passwords {
  const queue = createQueue();
  const work = (password: string, salt: Uint8Array<ArrayBuffer>, cost: Argon2Cost) =>
    // The same password typed on two systems may come in two Unicode forms.
    queue(() => derive(password.normalize("NFKC"), salt, cost, HASH_BYTES));

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
  };
}

function format({ memory, passes, parallelism }: Argon2Cost, salt: Uint8Array, hash: Uint8Array): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${toBase64(salt)}$${toBase64(hash)}`;
}

function parse(phc: string): { cost: Argon2Cost; salt: Uint8Array<ArrayBuffer>; hash: Uint8Array } | undefined {
  const match = PHC.exec(phc);
  if (!match) return undefined;
  const [, memory, passes, parallelism, salt = "", hash = ""] = match;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return { cost, salt: fromBase64(salt), hash: fromBase64(hash) };
}

/** Constant in time for hashes of one length; the length is no secret. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [at, byte] of one.entries()) difference |= byte ^ (other[at] ?? 0);
  return difference === 0;
}

function createQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = AT_ONCE;
  return async (job) => {
    if (free > 0) {
      free--;
    } else {
      if (waiting.length >= WAITING_MAX) {
        throw new Refusal("unavailable", "Cannot check password: too many are being checked", { retryAfter: RETRY_MS });
      }
      await new Promise<void>((resolve) => waiting.push(resolve)); // whoever ends hands its place on
    }
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
