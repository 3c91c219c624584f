import { DEFERRED_FILES_ID, deferredFiles } from "../../lib/ui/shell/deferred_files.ts";

let tries = 0;

/**
 * Imports a file that is needed only now. `name` is the base name of what `load` imports, e.g. `palette`. A browser
 * keeps what came of a module for as long as the page lives, and Chromium takes an answer that broke off behind its
 * head for an empty module: a network that was away at the wrong moment would be away for good. So a module that failed
 * or is empty is asked for once more, under another address. Throws if it does not come now either; the next call asks
 * again.
 */
export async function importAgain<T extends object>(name: string, load: () => Promise<T>): Promise<T> {
  const first = await load().catch((error: Error) => error);
  if (!(first instanceof Error) && Object.keys(first).length > 0) return first;
  const again: T = await import(`${addressOf(name)}?${++tries}`);
  if (Object.keys(again).length === 0) throw new Error(`Cannot load ${name}: it came without its end`);
  return again;
}

function addressOf(name: string): string {
  const address =
    deferredFiles.parse(JSON.parse(document.getElementById(DEFERRED_FILES_ID)?.textContent ?? "{}"))[name];
  if (address === undefined) throw new Error(`Cannot load ${name}: the page does not say where it is`);
  return address;
}
