/** What `deno task ok` tries a share of, to be done in a minute: it sets QUICK. Everything else, CI too, tries all. */
const ONE_IN = Deno.env.get("QUICK") ? 9 : 1; // of cases by 5, 7 or 8 kinds each kind comes up

/** How often a property is tried, of `all` times. */
export const runs = (all: number): number => Math.ceil(all / ONE_IN);

/** Those of many cases that are tried, spread over them all. */
export const cases = <T>(all: readonly T[]): T[] => all.filter((_, at) => at % ONE_IN === 0);
