/** Password hashes as PHC strings, which libsodium makes and reads. */
import { type Argon2id, NOBODYS } from "./argon2.ts";

export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Whether `password` made `phc`. Without a `phc` it works as long and says no, so that the time taken doesn't tell
   * who has a password here. `stale`: it fits, but was made with other costs than today's.
   */
  verify(password: string, phc: string | undefined): Promise<{ fits: boolean; stale: boolean }>;
  /** Makes a hash that nobody needs, so that the first person who signs in does not wait for the set-up of hashing. */
  warmUp(): Promise<void>;
}

/** All three throw what `argon2id` throws. */
export function createPasswords({ argon2id }: { argon2id: Argon2id }): Passwords {
  // The same password typed on two systems may come in two Unicode forms.
  const work = (password: string, phc?: string) => argon2id(password.normalize("NFKC"), phc);
  return {
    hash: async (password) => (await work(password)).phc,
    async verify(password, phc = NOBODYS) {
      const { fits, stale } = await work(password, phc);
      return { fits, stale };
    },
    warmUp: async () => void await work(""),
  };
}
