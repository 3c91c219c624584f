/** Time as a page has it whose layout is watched. */
import { GRACE_MS } from "../../islands/shared/connection_notice.ts";

/**
 * To be run in a page before its own scripts. A connection that is not there after 2 s is announced in a banner, which moves what
 * is below it: rightly so, and on a slow machine a page's first connection may take as long. That word never comes due;
 * those about later connections do.
 */
export const FIRST_CONNECTION_IN_TIME = `{
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (run, ms, ...rest) => {
    if (ms !== ${GRACE_MS}) return setTimeout(run, ms, ...rest);
    globalThis.setTimeout = setTimeout;
    return 0;
  };
}`;
