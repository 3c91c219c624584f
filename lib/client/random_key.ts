/** Names a creating command (PROTOCOL.md §3): 24 characters, 144 random bits. */
const KEY_BYTES = 18;

/** A fresh key. `getRandomValues`, because `randomUUID` does not exist on plain http. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
