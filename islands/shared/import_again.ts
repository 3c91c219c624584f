let tries = 0;

/**
 * A chunk that is needed only now; `load` imports it and does nothing else. A browser keeps what came of a module for as
 * long as the page lives, and Chromium takes an answer that broke off behind its head for an empty module: a network that
 * was away at the wrong moment would be away for good. So what is empty is asked for once more, under another address,
 * made of the one in the text of `load`. Throws where it does not come now either; the next call asks again.
 */
export async function importAgain<T extends object>(load: () => Promise<T>): Promise<T> {
  const first = await load().catch((error: Error) => error);
  if (!(first instanceof Error) && Object.keys(first).length > 0) return first;
  const [, address] = /import\(["'`]([^"'`]+)/.exec(String(load)) ?? [];
  if (address === undefined) throw first;
  const again: T = await import(`${address}?${++tries}`);
  if (Object.keys(again).length === 0) throw new Error("Cannot load a part of the page: it came without its end");
  return again;
}
