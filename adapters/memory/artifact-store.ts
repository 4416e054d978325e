import type { Clock } from '#src/clock.ts';
import type {
  ArtifactInContext,
  ArtifactPayload,
  ArtifactStore,
  ArtifactWrite,
  ConsumeResult,
  NamedArtifact,
  SessionsToEnd,
  StoredArtifact,
  UpsertResult,
} from '#src/provider/ports.ts';
import { ENDED_SECONDS } from '#src/provider/ports.ts';
import { ArtifactIndex } from './artifact-index.ts';
import { ExpiringMap } from './expiring-map.ts';

/** An artifact as kept, with the names it is entered under. `payload` is JSON, so nobody shares an object. */
interface Entry {
  payload: string;
  uses: number;
  firstUsedAt: number | undefined;
  /** Set once `extend` moved its end. */
  expiresAt: number | undefined;
  grant: string | undefined;
  uid: string | undefined;
  account: string | undefined;
  /** The name its tombstone will have; sessions and grants only. */
  ended: string | undefined;
}

/** Tenants and models have no colon in their names, so the parts can't run into each other. */
const nameOf = (...parts: readonly string[]) => parts.join(':');

/** The artifact store in this process: twin of the Redis one, for tests and the embedded default. */
export class MemoryArtifactStore implements ArtifactStore {
  readonly #clock: Clock;
  readonly #artifacts: ExpiringMap<Entry>;
  readonly #uids: ExpiringMap<string>;
  readonly #ended: ExpiringMap<true>;
  readonly #grants: ArtifactIndex;
  readonly #accounts: ArtifactIndex;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#artifacts = new ExpiringMap(clock);
    this.#uids = new ExpiringMap(clock);
    this.#ended = new ExpiringMap(clock);
    this.#grants = new ArtifactIndex(clock);
    this.#accounts = new ArtifactIndex(clock);
  }

  /** Entries of every kind that are still held: shows that nothing piles up. */
  get size(): number {
    const maps = [this.#artifacts, this.#uids, this.#ended, this.#grants, this.#accounts];
    return maps.reduce((sum, map) => sum + map.size, 0);
  }

  async upsert(write: ArtifactWrite): Promise<UpsertResult> {
    const { tenantId, model, id } = write;
    const key = nameOf(tenantId, model, id);
    const grantId = model === 'Grant' ? id : write.grantId;
    if (grantId !== undefined && this.#ended.has(nameOf(tenantId, 'Grant', grantId))) return 'grant-revoked';
    const uid = write.uid === undefined ? undefined : nameOf(tenantId, model, write.uid);
    if (model === 'Session' && [key, uid].some((name) => name !== undefined && this.#ended.has(name))) {
      return 'session-ended';
    }
    const replaced = write.replaces === undefined ? undefined : nameOf(tenantId, model, write.replaces);
    if (replaced !== undefined && this.#drop(replaced) !== undefined) this.#bury(replaced);
    const before = this.#drop(key);
    if (write.expiresIn <= 0) return 'stored';
    const expiresAt = this.#clock.now() + Math.round(write.expiresIn * 1000);
    const entry: Entry = {
      payload: JSON.stringify(write.payload),
      uses: before?.uses ?? 0,
      firstUsedAt: before?.firstUsedAt,
      expiresAt: undefined,
      grant: grantId === undefined ? undefined : nameOf(tenantId, grantId),
      uid,
      account: write.accountId === undefined ? undefined : nameOf(tenantId, model, write.accountId),
      ended: model === 'Session' || model === 'Grant' ? key : undefined,
    };
    this.#put(key, entry, expiresAt);
    return 'stored';
  }

  async find(tenantId: string, model: string, id: string): Promise<StoredArtifact | undefined> {
    return this.#read(nameOf(tenantId, model, id));
  }

  async findByUid(tenantId: string, model: string, uid: string): Promise<StoredArtifact | undefined> {
    const key = this.#uids.get(nameOf(tenantId, model, uid));
    return key === undefined ? undefined : this.#read(key);
  }

  async findInContext(tenantId: string, model: string, id: string): Promise<ArtifactInContext | undefined> {
    const artifact = this.#read(nameOf(tenantId, model, id));
    if (artifact === undefined) return undefined;
    const { grantId, sessionUid } = artifact.payload;
    return {
      artifact,
      grant: typeof grantId === 'string' ? await this.find(tenantId, 'Grant', grantId) : undefined,
      session:
        typeof sessionUid === 'string' ? await this.findByUid(tenantId, 'Session', sessionUid) : undefined,
    };
  }

  async consume(
    tenantId: string,
    model: string,
    id: string,
    { now, grace }: { now: number; grace: number },
  ): Promise<ConsumeResult> {
    const entry = this.#artifacts.get(nameOf(tenantId, model, id));
    if (entry === undefined) return 'gone';
    if (entry.firstUsedAt === undefined) {
      entry.uses = 1;
      entry.firstUsedAt = now;
      return 'won';
    }
    if (entry.uses !== 1 || Math.abs(now - entry.firstUsedAt) >= grace) return 'lost';
    entry.uses = 2;
    return 'repeated';
  }

  async destroy(tenantId: string, model: string, id: string): Promise<void> {
    const key = nameOf(tenantId, model, id);
    const entry = this.#drop(key);
    if (entry !== undefined && model === 'Session') this.#buryBoth(key, entry);
  }

  async extend(
    tenantId: string,
    model: string,
    id: string,
    { expiresIn, now }: { expiresIn: number; now: number },
  ): Promise<boolean> {
    const key = nameOf(tenantId, model, id);
    const entry = this.#drop(key);
    if (entry === undefined) return false;
    const ttl = Math.round(expiresIn * 1000);
    if (ttl > 0) this.#put(key, { ...entry, expiresAt: now + ttl }, this.#clock.now() + ttl);
    return true;
  }

  async revokeGrant(tenantId: string, grantId: string): Promise<void> {
    for (const key of this.#grants.empty(nameOf(tenantId, grantId))) this.#drop(key);
    this.#bury(nameOf(tenantId, 'Grant', grantId));
  }

  async ofAccount(tenantId: string, model: 'Session' | 'Grant', accountId: string) {
    const before = nameOf(tenantId, model, '').length;
    return this.#accounts.under(nameOf(tenantId, model, accountId)).flatMap((key) => {
      const artifact = this.#read(key);
      return artifact === undefined ? [] : [{ ...artifact, id: key.slice(before) }];
    });
  }

  async endSessions(
    tenantId: string,
    accountId: string,
    { uid, end }: SessionsToEnd,
  ): Promise<NamedArtifact[]> {
    const before = nameOf(tenantId, 'Session', '').length;
    const named = nameOf(tenantId, 'Session', uid);
    return this.#accounts.under(nameOf(tenantId, 'Session', accountId)).flatMap((key) => {
      const isNamed = this.#artifacts.get(key)?.uid === named;
      const artifact = isNamed === (end === 'this') ? this.#read(key) : undefined;
      const entry = artifact && this.#drop(key);
      if (artifact === undefined || entry === undefined) return [];
      this.#buryBoth(key, entry);
      return [{ ...artifact, id: key.slice(before) }];
    });
  }

  async endAccount(tenantId: string, accountId: string): Promise<{ sessions: number; grants: number }> {
    return {
      sessions: this.#endAll(nameOf(tenantId, 'Session', accountId)),
      grants: this.#endAll(nameOf(tenantId, 'Grant', accountId)),
    };
  }

  /** Ends the living artifacts under an account's name, each grant with all it holds, and counts them. */
  #endAll(account: string): number {
    let count = 0;
    for (const key of this.#accounts.empty(account)) {
      const entry = this.#drop(key);
      if (entry === undefined) continue;
      if (entry.grant !== undefined) for (const held of this.#grants.empty(entry.grant)) this.#drop(held);
      this.#buryBoth(key, entry);
      count += 1;
    }
    return count;
  }

  #put(key: string, entry: Entry, expiresAt: number): void {
    this.#artifacts.set(key, entry, expiresAt);
    if (entry.grant !== undefined) this.#grants.enter(entry.grant, key, expiresAt);
    if (entry.uid !== undefined) this.#uids.set(entry.uid, key, expiresAt);
    if (entry.account !== undefined) this.#accounts.enter(entry.account, key, expiresAt);
  }

  #read(key: string): StoredArtifact | undefined {
    const entry = this.#artifacts.get(key);
    if (entry === undefined) return undefined;
    const payload: ArtifactPayload = JSON.parse(entry.payload);
    return { payload, uses: entry.uses, firstUsedAt: entry.firstUsedAt, expiresAt: entry.expiresAt };
  }

  /** Removes an artifact and its names; tells what it was when it still lived. */
  #drop(key: string): Entry | undefined {
    const entry = this.#artifacts.get(key);
    if (entry === undefined) return undefined;
    this.#artifacts.delete(key);
    if (entry.grant !== undefined) this.#grants.leave(entry.grant, key);
    if (entry.uid !== undefined && this.#uids.get(entry.uid) === key) this.#uids.delete(entry.uid);
    if (entry.account !== undefined) this.#accounts.leave(entry.account, key);
    return entry;
  }

  /** Also by the second name: a request under way may go on under a new id. */
  #buryBoth(key: string, { uid }: Entry): void {
    this.#bury(key);
    if (uid !== undefined) this.#bury(uid);
  }

  #bury(key: string): void {
    this.#ended.set(key, true, this.#clock.now() + ENDED_SECONDS * 1000);
  }
}

/** Makes an empty store; everything in it ends with the process. */
export function createMemoryArtifactStore({ clock }: { clock: Clock }): MemoryArtifactStore {
  return new MemoryArtifactStore(clock);
}
