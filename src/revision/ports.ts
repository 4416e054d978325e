/** What every process holds in memory although it can change: signing and cookie keys, and tenants' settings. */
export type RevisionName = 'keys' | 'tenants';

/** How often each of them has changed. A change and its count become visible together. */
export interface RevisionStore {
  /** Throws AppError `store-unavailable` when the store can't answer. */
  read(): Promise<Readonly<Record<RevisionName, number>>>;
}
