/** Idempotency keys: a repeated command with the same fields returns its first result (lib/protocol/README.md §3). */
import type { Database } from "../kv/database.ts";
import { type KvSet, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { Refusal } from "../../protocol/errors.ts";

export const KEY_KEPT_MS = 31 * 86_400_000; // the promise is 30 days

export interface Once {
  /** What the first call made; undefined when this is the first. */
  made: string | number | undefined;
  /** The commit that makes it must check this. */
  check: Deno.AtomicCheck;
  /** Gives what that commit must write. */
  set(made: string | number): KvSet;
}

export interface Use {
  user: string;
  key: string;
  command: string;
  /** The command's known fields without the key. */
  fields: unknown;
  /** Names the command in the refusal: "send message". */
  verb: string;
}

/** Assumes that the key is new, which saves a read in the common case. The check fails the commit if it is not. */
export function assumeNew(use: Use, now: number): Once {
  return once(use, now, undefined, null);
}

/** Looks a key up by a strong read. Throws `Refusal("conflict")` where it was used otherwise. */
export async function lookUp(db: Database, use: Use, now: number): Promise<Once> {
  const entry = await db.get(keys.sent(use.user, use.key));
  const sent = entry.value;
  // KV sweeps expired keys late, so the value's own time rules.
  if (sent === null || sent.expiresAt <= now) return once(use, now, undefined, entry.versionstamp);
  if (sent.command !== use.command || sent.hash !== hashOf(use.fields)) {
    throw new Refusal("conflict", `Cannot ${use.verb}: its key was used for something else`, {
      issues: [{ path: "key", message: "was used for something else" }],
    });
  }
  return once(use, now, sent.made, entry.versionstamp);
}

function once(use: Use, now: number, made: string | number | undefined, versionstamp: string | null): Once {
  const key = keys.sent(use.user, use.key);
  let hash: string | undefined; // it is set several times, until its commit has landed
  return {
    made,
    check: { key, versionstamp },
    set(made) {
      hash ??= hashOf(use.fields);
      const sent = { command: use.command, hash, made, expiresAt: now + KEY_KEPT_MS };
      return setAt(key, sent, { expireIn: KEY_KEPT_MS });
    },
  };
}

/** FNV-1a over the canonical JSON, 53 bits twice: it detects mistakes, not an attack on one's own keys. */
function hashOf(fields: unknown): string {
  const text = canonical(fields);
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul(b ^ code, 0x85ebca6b) >>> 0;
  }
  return a.toString(36) + b.toString(36) + text.length.toString(36);
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}
