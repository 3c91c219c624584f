/**
 * Lets those who ask for the same thing at the same time share one read, so that a burst of somebody's requests is two
 * reads and not hundreds. Whoever asks while a read is under way gets the next one: nobody gets what was read before
 * they asked. Where the one under way fails, so does the next: storage is away, and nobody should wait for that twice.
 */
export type Joined<T> = (key: string, read: () => Promise<T>) => Promise<T>;

/** A read, and the one that those wait for who asked since it began. */
interface Reads<T> {
  now: Promise<T>;
  next?: Promise<T>;
}

export function createJoined<T>(): Joined<T> {
  const underWay = new Map<string, Reads<T>>();

  function begin(key: string, read: () => Promise<T>): Promise<T> {
    const reads: Reads<T> = { now: read() };
    underWay.set(key, reads);
    const end = () => void underWay.delete(key);
    reads.now.then(() => reads.next ? undefined : end(), end);
    return reads.now;
  }

  return function join(key, read) {
    const reads = underWay.get(key);
    return reads ? reads.next ??= reads.now.then(() => begin(key, read)) : begin(key, read);
  };
}
