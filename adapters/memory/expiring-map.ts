import type { Clock } from '#src/clock.ts';

/** How many entries each write looks at for expiry: more than it adds, so the dead can't outnumber the living. */
const SWEPT_PER_WRITE = 4;

/**
 * A Map whose entries end at a moment of their own, in milliseconds since the epoch. Reading never shows an ended
 * entry; writing sweeps a few, so that memory stays in proportion to what lives, without a timer.
 */
export class ExpiringMap<V> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { value: V; expiresAt: number }>();
  #sweep = this.#entries.entries();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#clock.now() < entry.expiresAt) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  has(key: string): boolean {
    this.get(key);
    return this.#entries.has(key);
  }

  set(key: string, value: V, expiresAt: number): void {
    this.#entries.set(key, { value, expiresAt });
    this.#sweepSome();
  }

  /** True when there was a living entry. */
  delete(key: string): boolean {
    return this.has(key) && this.#entries.delete(key);
  }

  /** Living and not yet swept entries together. */
  get size(): number {
    return this.#entries.size;
  }

  #sweepSome(): void {
    for (let i = 0; i < SWEPT_PER_WRITE; i += 1) {
      const next = this.#sweep.next();
      if (next.done) {
        this.#sweep = this.#entries.entries();
        return;
      }
      this.get(next.value[0]);
    }
  }
}
