/** Remembers on this device, for half an hour, that the preferred transport did not work. */
import type { Because } from "./transport.ts";

export const REMEMBERED_MS = 30 * 60_000;
const reasons = ["blocked", "cut", "silent", "unstable"] as const satisfies readonly Because[];

/** No method throws: a browser that stores nothing tries the preferred transport first each time. */
export interface TransportMemory {
  recall(): Because | undefined;
  remember(because: Because): void;
  forget(): void;
}

/** `now` gives ms since 1970; `key` is another for each transport that is preferred. */
export function createTransportMemory(
  storage: () => Storage | undefined,
  now: () => number,
  key = "rivulet:fallback",
): TransportMemory {
  return {
    recall: () =>
      guarded(() => {
        const [because, at] = (storage()?.getItem(key) ?? "").split(" ");
        const age = now() - Number(at);
        return age >= 0 && age < REMEMBERED_MS ? reasons.find((it) => it === because) : undefined;
      }),
    remember: (because) => guarded(() => storage()?.setItem(key, `${because} ${now()}`)),
    forget: () => guarded(() => storage()?.removeItem(key)),
  };
}

function guarded<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // Privacy settings, or a full storage.
  }
}
