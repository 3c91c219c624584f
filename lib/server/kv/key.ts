/**
 * Keys that carry the type of what stands at them, so that nobody says it at a read, and a write of something else does
 * not compile. Only the compiler knows of it: at run time a key is Deno KV's own.
 */
declare const stored: unique symbol;
declare const listed: unique symbol;
declare const checked: unique symbol;

/** A key of a `T`. Only `keys.ts` makes them. */
export type Key<T> = Deno.KvKey & { readonly [stored]: T };
/** What the keys of `T`s begin with. */
export type Prefix<T> = Deno.KvKey & { readonly [listed]: T };

/** What stands at a key. Of one that is not from `keys.ts` nothing is known. */
export type ValueAt<K> = K extends Key<infer T> ? T : unknown;
/** What stands where a selector lists. */
export type ValueIn<S> = S extends { prefix: Prefix<infer T> } ? T : S extends { start: Key<infer T> } ? T : unknown;

/** A value for its key, as a commit takes it: `setAt` makes it. */
export interface KvSet {
  readonly key: Deno.KvKey;
  readonly value: unknown;
  readonly expireIn?: number;
  readonly [checked]: true;
}

// Each of the three has a signature for its callers, which says what only the compiler knows, and a plain one inside.

export function keyOf<T>(...parts: Deno.KvKeyPart[]): Key<T>;
export function keyOf(...parts: Deno.KvKeyPart[]): Deno.KvKey {
  return parts;
}

export function prefixOf<T>(...parts: Deno.KvKeyPart[]): Prefix<T>;
export function prefixOf(...parts: Deno.KvKeyPart[]): Deno.KvKey {
  return parts;
}

/** `expireIn`: ms after which storage may forget it. */
export function setAt<K extends Deno.KvKey>(key: K, value: ValueAt<K>, options?: { expireIn: number }): KvSet;
export function setAt(key: Deno.KvKey, value: unknown, options?: { expireIn: number }): Omit<KvSet, typeof checked> {
  return { key, value, ...options };
}
