/** Paged lists: a form searches them, and a link leads to the next page. Both work without script. */
import type { Context } from "hono";
import type { Env } from "../../lib/server/http/env.ts";
import { ID_MAX, NAME_MAX } from "../../lib/protocol/fields.ts";

/** Lines of a list on one page. */
export const LINES_MAX = 100;

/** What an address says of a list: what is looked for in it, and behind which line its page begins. */
export interface Wanted {
  query: string;
  after: string | undefined;
}

/** Reads `<list>=…` and `<list>_after=…`. What can be no such thing is left out. */
export function readWanted(c: Context<Env>, list: string): Wanted {
  const query = c.req.query(list) ?? "";
  const after = c.req.query(`${list}_after`);
  return {
    query: query.isWellFormed() ? [...query].slice(0, NAME_MAX).join("") : "",
    after: after && after.length <= ID_MAX && after.isWellFormed() ? after : undefined,
  };
}

interface ListProps {
  /** The page's path. */
  path: string;
  /** Names the list in the address; its section has this id. */
  list: string;
  wanted: Wanted;
}

export function FindForm({ path, list, wanted, label }: ListProps & { label: string }) {
  return (
    <form class="row" method="get" action={`${path}#${list}`} role="search" aria-label={label}>
      <input
        class="input grow"
        type="search"
        name={list}
        value={wanted.query}
        maxLength={NAME_MAX}
        aria-label={label}
        placeholder={label}
      />
      <button class="btn" type="submit">Find</button>
    </form>
  );
}

interface MoreProps extends ListProps {
  /** The cursor of the last line; undefined where the list ends here. */
  last: string | undefined;
  /** What is listed: "people", "rooms". */
  what: string;
}

/** Below a page of a list: the way on, and back to its beginning. */
export function MoreLinks({ path, list, wanted, last, what }: MoreProps) {
  const to = (after?: string) => {
    const search = new URLSearchParams();
    if (wanted.query !== "") search.set(list, wanted.query);
    if (after !== undefined) search.set(`${list}_after`, after);
    return `${path}${search.size > 0 ? `?${search}` : ""}#${list}`;
  };
  if (last === undefined && wanted.after === undefined) return null;
  return (
    <p class="row">
      {wanted.after !== undefined && <a class="btn" href={to()}>First {what}</a>}
      {last !== undefined && <a class="btn" href={to(last)}>More {what}</a>}
    </p>
  );
}
