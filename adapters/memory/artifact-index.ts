import type { Clock } from '#src/clock.ts';
import { ExpiringMap } from './expiring-map.ts';

/** Names that lead to several artifacts (a grant, an account): each lives as long as its longest-living artifact. */
export class ArtifactIndex {
  readonly #clock: Clock;
  readonly #names: ExpiringMap<Map<string, number>>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#names = new ExpiringMap(clock);
  }

  /** Puts an artifact's key under a name until `expiresAt` (milliseconds since the epoch). */
  enter(name: string, artifact: string, expiresAt: number): void {
    const artifacts = this.#names.get(name) ?? new Map<string, number>();
    for (const [key, end] of artifacts) if (end <= this.#clock.now()) artifacts.delete(key);
    artifacts.set(artifact, expiresAt);
    this.#names.set(name, artifacts, Math.max(...artifacts.values()));
  }

  leave(name: string, artifact: string): void {
    this.#names.get(name)?.delete(artifact);
  }

  /** Which artifacts are under a name. */
  under(name: string): string[] {
    return [...(this.#names.get(name)?.keys() ?? [])];
  }

  /** Takes a name away and tells which artifacts were under it. */
  empty(name: string): string[] {
    const artifacts = this.under(name);
    this.#names.delete(name);
    return artifacts;
  }

  get size(): number {
    return this.#names.size;
  }
}
