/** Bounds what all rings of this process keep together. */

/** Characters of events and frames over all rings. Beyond it the ring that was used longest ago drops everything. */
export const RINGS_CHARS_MAX = 64_000_000;

/** What this needs of a ring. */
export interface Weighed {
  /** Characters that it keeps. */
  readonly weight: number;
  /** Drops everything; followers before the tail read storage. */
  release(): void;
}

export class Rings {
  private readonly weights = new Map<Weighed, number>(); // in the order of use, the last used one last
  private total = 0;

  constructor(private readonly max: number = RINGS_CHARS_MAX) {}

  /** The ring keeps more now, or less. */
  changed(ring: Weighed): void {
    this.forget(ring);
    if (ring.weight === 0) return;
    this.weights.set(ring, ring.weight);
    this.total += ring.weight;
    for (const oldest of this.weights.keys()) {
      if (this.total <= this.max || oldest === ring) return;
      oldest.release();
      this.forget(oldest);
    }
  }

  /** The ring is closed. */
  forget(ring: Weighed): void {
    this.total -= this.weights.get(ring) ?? 0;
    this.weights.delete(ring);
  }
}
