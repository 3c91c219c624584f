/** Counts the bytes of answers that people have not read yet and that are held in memory until they do. */

/** Characters or bytes of one person. One answer has at most about 1.5 MB, so a slow reader is never near it. */
export const BACKLOG_MAX = 16 * 1024 * 1024;

export interface Backlog {
  /** Adds to what a person has not read; a negative amount takes off. */
  add(person: string, amount: number): void;
  of(person: string): number;
  /** What all of them have not read. */
  total(): number;
  /** Whether so much is unread that the person's requests should be refused. */
  isOver(person: string): boolean;
}

export function createBacklog(): Backlog {
  const amounts = new Map<string, number>();
  const of = (person: string) => amounts.get(person) ?? 0;
  return {
    add(person, amount) {
      const now = of(person) + amount;
      if (now > 0) amounts.set(person, now);
      else amounts.delete(person);
    },
    of,
    total: () => amounts.values().reduce((sum, amount) => sum + amount, 0),
    isOver: (person) => of(person) > BACKLOG_MAX,
  };
}
