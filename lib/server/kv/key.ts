/**
 * Keys that carry the type of their value, so that reads need no type argument, and a write of another type does not
 * compile. The type exists only for the compiler: at run time a key is Deno KV's own.
 */
declare const stored: unique symbol;
declare const listed: unique symbol;
declare const checked: unique symbol;

/** A key of a `T`. Only `keys.ts` makes them. */
export type Key<T> = Deno.KvKey & { readonly [stored]: T };
/** A prefix of keys of `T`s. */
export type Prefix<T> = Deno.KvKey & { readonly [listed]: T };

/** The type of the value at a key; `unknown` for a key that is not from `keys.ts`. */
export type ValueAt<K> = K extends Key<infer T> ? T : unknown;
/** The type of the values that a selector lists. */
export type ValueIn<S> = S extends { prefix: Prefix<infer T> } ? T : S extends { start: Key<infer T> } ? T : unknown;

/** A key with its value, as a commit takes it; `setAt` makes it. */
export interface KvSet {
  readonly key: Deno.KvKey;
  readonly value: unknown;
  readonly expireIn?: number;
  /** The value as JSON, where that is made already. */
  readonly json?: string;
  readonly [checked]: true;
}

type SetOptions = { expireIn: number } | { json: string };

// Each of the three has a signature with the value's type for its callers, and a plain implementation.

export function keyOf<T>(...parts: Deno.KvKeyPart[]): Key<T>;
export function keyOf(...parts: Deno.KvKeyPart[]): Deno.KvKey {
  return parts;
}

export function prefixOf<T>(...parts: Deno.KvKeyPart[]): Prefix<T>;
export function prefixOf(...parts: Deno.KvKeyPart[]): Deno.KvKey {
  return parts;
}

/** `expireIn`: ms after which storage may forget it. `json`: the value as JSON, where that is made already. */
export function setAt<K extends Deno.KvKey>(key: K, value: ValueAt<K>, options?: SetOptions): KvSet;
export function setAt(key: Deno.KvKey, value: unknown, options?: SetOptions): Omit<KvSet, typeof checked> {
  return { key, value, ...options };
}
