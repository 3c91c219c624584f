/** Argon2id (RFC 9106) by the runtime, or by WebAssembly where the runtime doesn't have it. */

export interface Argon2Cost {
  /** KiB */
  memory: number;
  passes: number;
  parallelism: number;
}

/** Derives `bytes` bytes from a password. */
export type Derive = (
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  cost: Argon2Cost,
  bytes: number,
) => Promise<Uint8Array>;

/** Neither is among TypeScript's own types yet. */
interface Argon2Params extends Algorithm, Argon2Cost {
  nonce: Uint8Array<ArrayBuffer>;
}

interface SecretSubtle {
  importKey(
    format: "raw-secret",
    secret: Uint8Array<ArrayBuffer>,
    algorithm: "Argon2id",
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>;
}

const BITS_PER_BYTE = 8;
let native: Promise<boolean> | undefined;

export const argon2id: Derive = async (password, salt, cost, bytes) => {
  native ??= isNative();
  if (await native) {
    const params: Argon2Params = { name: "Argon2id", nonce: salt, ...cost };
    return new Uint8Array(await crypto.subtle.deriveBits(params, await toKey(password), bytes * BITS_PER_BYTE));
  }
  const { argon2id } = await import("hash-wasm");
  const { memory: memorySize, passes: iterations, parallelism } = cost;
  return await argon2id({
    password,
    salt,
    memorySize,
    iterations,
    parallelism,
    hashLength: bytes,
    outputType: "binary",
  });
};

async function toKey(password: string): Promise<CryptoKey> {
  const subtle: unknown = crypto.subtle;
  if (!takesSecrets(subtle)) throw new TypeError("This runtime has no crypto.subtle");
  return await subtle.importKey("raw-secret", new TextEncoder().encode(password), "Argon2id", false, ["deriveBits"]);
}

/** Whether it can, `importKey` itself tells by throwing. */
function takesSecrets(subtle: unknown): subtle is SecretSubtle {
  return typeof subtle === "object" && subtle !== null && "importKey" in subtle;
}

async function isNative(): Promise<boolean> {
  try {
    await toKey("x");
    return true;
  } catch {
    return false; // NotSupportedError, or TypeError for the unknown key format
  }
}
