/** What people have been given and have not taken yet: it stands in memory until they do. */

/**
 * Characters or bytes of one person, over all their connections and answers; what comes then is refused. One answer has
 * at most about 1.5 MB, so somebody on a slow line is never near it.
 */
export const OWED_MAX = 16 * 1024 * 1024;

export interface Owed {
  /** That much more is owed to a person, or less. */
  add(person: string, amount: number): void;
  of(person: string): number;
  /** Whether so much is owed that nothing more should be worked out for the person. */
  isOver(person: string): boolean;
}

export function createOwed(): Owed {
  const amounts = new Map<string, number>();
  const of = (person: string) => amounts.get(person) ?? 0;
  return {
    add(person, amount) {
      const now = of(person) + amount;
      if (now > 0) amounts.set(person, now);
      else amounts.delete(person);
    },
    of,
    isOver: (person) => of(person) > OWED_MAX,
  };
}
