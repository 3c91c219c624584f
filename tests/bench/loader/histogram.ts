/** Times in buckets of 0.1 ms up to a minute: millions of them, and their percentiles, in 2.4 MB. */

const BUCKET_MS = 0.1;
const LONGEST_MS = 60_000;

export interface Histogram {
  add(ms: number): void;
  /** The time that `part` (0 to 1) of them don't exceed, to 0.1 ms; 0 when there are none. */
  percentile(part: number): number;
  max(): number;
}

export function createHistogram(): Histogram {
  const buckets = new Uint32Array(LONGEST_MS / BUCKET_MS + 1);
  let count = 0;
  let longest = 0;
  return {
    add(ms) {
      const bucket = Math.min(buckets.length - 1, Math.floor(ms / BUCKET_MS));
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      count++;
      if (ms > longest) longest = ms;
    },
    percentile(part) {
      let seen = 0;
      for (let bucket = 0; bucket < buckets.length; bucket++) {
        seen += buckets[bucket] ?? 0;
        if (seen > 0 && seen >= count * part) return (bucket + 1) * BUCKET_MS;
      }
      return 0;
    },
    max: () => longest,
  };
}
