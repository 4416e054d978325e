import type { StoredArtifact } from '#src/provider/ports.ts';

/**
 * What one request has read along with a code or token and will ask for next. Each piece is handed out once, so that
 * a second question goes to the store; nothing outlives its request.
 */
export class ReadAhead {
  readonly #ofRequest: () => object | undefined;
  readonly #kept = new WeakMap<object, Map<string, StoredArtifact | undefined>>();

  /** `ofRequest` gives the same object throughout a request, and none outside of any: then nothing is kept. */
  constructor(ofRequest: () => object | undefined) {
    this.#ofRequest = ofRequest;
  }

  keep(name: string, artifact: StoredArtifact | undefined): void {
    const request = this.#ofRequest();
    if (request === undefined) return;
    const kept = this.#kept.get(request) ?? new Map<string, StoredArtifact | undefined>();
    this.#kept.set(request, kept.set(name, artifact));
  }

  /** Undefined when nothing is known; what is known may be that there is none. */
  take(name: string): { artifact: StoredArtifact | undefined } | undefined {
    const request = this.#ofRequest();
    const kept = request === undefined ? undefined : this.#kept.get(request);
    if (kept === undefined || !kept.has(name)) return undefined;
    const artifact = kept.get(name);
    kept.delete(name);
    return { artifact };
  }

  /** After a write of this request nothing read before it counts. */
  forget(): void {
    const request = this.#ofRequest();
    if (request !== undefined) this.#kept.delete(request);
  }
}
