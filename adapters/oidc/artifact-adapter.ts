import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Clock } from '#src/clock.ts';
import { AppError } from '#src/errors.ts';
import type { ArtifactStore, StoredArtifact } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { MODELS, type ModelName } from './models.ts';
import { movedSession } from './moved-session.ts';
import { readPayload } from './payload.ts';
import type { ReadAhead } from './read-ahead.ts';

/** What one model's adapter works with. */
export interface ArtifactAdapterParts {
  tenantId: TenantId;
  artifacts: ArtifactStore;
  clock: Clock;
  /** Milliseconds in which a used refresh token is answered once more (security ground rule 4). */
  refreshGraceMs: number;
  /** Seconds for which oidc-provider accepts a proof after its end; it must be remembered as long. */
  clockTolerance: number;
  /** Shared by the adapters of one Provider. */
  ahead: ReadAhead;
}

/** Names under which a grant and a session wait in the read-ahead. */
const grantName = (id: string) => `Grant ${id}`;
const sessionName = (uid: string) => `Session ${uid}`;
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The refusal a loser gets: what buys tokens answers `invalid_grant` (RFC 6749 §5.2). */
function alreadyUsed(model: ModelName): Error {
  if (model === 'PushedAuthorizationRequest') return new errors.InvalidRequestUri('request_uri already used');
  if (model === 'ReplayDetection') return new errors.InvalidRequest('proof already used');
  return new errors.InvalidGrant('grant request is invalid');
}

/** oidc-provider's Adapter over the artifact store, for one volatile model. */
class ArtifactAdapter implements Adapter {
  readonly #model: ModelName;
  readonly #parts: ArtifactAdapterParts;

  constructor(model: ModelName, parts: ArtifactAdapterParts) {
    this.#model = model;
    this.#parts = parts;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    if (expiresIn === undefined) {
      throw new AppError('internal', 500, `${this.#model} has no lifetime: the configuration lacks its ttl`);
    }
    const { artifacts, tenantId, clockTolerance, ahead } = this.#parts;
    ahead.forget();
    const { jti, ...rest } = payload;
    const moved = this.#model === 'Session' ? movedSession() : undefined;
    const digested = MODELS[this.#model].id === 'digest';
    const answer = await artifacts.upsert({
      tenantId,
      model: this.#model,
      id: this.#stored(id),
      payload: digested || jti === undefined ? rest : { ...rest, jti },
      expiresIn: this.#model === 'ReplayDetection' ? expiresIn + clockTolerance : expiresIn,
      grantId: MODELS[this.#model].inGrant ? payload.grantId : undefined,
      uid: this.#model === 'Session' ? payload.uid : undefined,
      accountId: this.#model === 'Session' || this.#model === 'Grant' ? payload.accountId : undefined,
      replaces: moved?.to === id ? moved.from : undefined,
    });
    if (answer === 'grant-revoked') throw new errors.InvalidGrant('grant request is invalid');
    // `session-ended`: a request that outlived its session saves nothing, and its cookie leads nowhere.
    // oidc-provider looks a proof up before it saves it, so two at once both find nothing: one of them wins here.
    if (this.#model === 'ReplayDetection') await this.consume(id);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const stored = await this.#read(id);
    if (stored === undefined) return undefined;
    return this.#shown(stored, MODELS[this.#model].id === 'digest' ? id : undefined);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const { artifacts, tenantId, ahead } = this.#parts;
    const known = this.#model === 'Session' ? ahead.take(sessionName(uid)) : undefined;
    const stored =
      known === undefined ? await artifacts.findByUid(tenantId, this.#model, uid) : known.artifact;
    return stored === undefined ? undefined : this.#shown(stored, undefined);
  }

  async findByUserCode(): Promise<never> {
    throw new AppError('internal', 500, 'the device flow is off: nothing has a user code');
  }

  async consume(id: string): Promise<void> {
    const { artifacts, tenantId, clock, ahead } = this.#parts;
    ahead.forget();
    const options = { now: clock.now(), grace: this.#grace };
    const result = await artifacts.consume(tenantId, this.#model, this.#stored(id), options);
    if (result === 'won' || result === 'repeated') return;
    if (result === 'lost' && MODELS[this.#model].inGrant) {
      const lost = await artifacts.find(tenantId, this.#model, this.#stored(id));
      const grantId = text(lost?.payload.grantId);
      if (grantId !== undefined) await artifacts.revokeGrant(tenantId, grantId);
    }
    throw alreadyUsed(this.#model);
  }

  async destroy(id: string): Promise<void> {
    const { artifacts, tenantId, ahead } = this.#parts;
    ahead.forget();
    // It goes when the one that takes its place is written, which is next.
    if (this.#model === 'Session' && movedSession()?.from === id) return;
    if (this.#model === 'Grant') await artifacts.revokeGrant(tenantId, id);
    else await artifacts.destroy(tenantId, this.#model, this.#stored(id));
  }

  /** oidc-provider calls this for each model in turn; the first call ends them all. */
  async revokeByGrantId(grantId: string): Promise<void> {
    const { artifacts, tenantId, ahead } = this.#parts;
    ahead.forget();
    await artifacts.revokeGrant(tenantId, grantId);
  }

  /**
   * One round trip instead of three: a code or token comes with its grant and its session, which oidc-provider looks
   * at next in the same request. What is written afterwards is held to the store's own tombstones.
   */
  async #read(id: string): Promise<StoredArtifact | undefined> {
    const { artifacts, tenantId, ahead } = this.#parts;
    const known = this.#model === 'Grant' ? ahead.take(grantName(id)) : undefined;
    if (known !== undefined) return known.artifact;
    const { inGrant, id: kind } = MODELS[this.#model];
    if (!inGrant || kind === 'plain') return artifacts.find(tenantId, this.#model, this.#stored(id));
    const found = await artifacts.findInContext(tenantId, this.#model, this.#stored(id));
    if (found === undefined) return undefined;
    const [grantId, uid] = [text(found.artifact.payload.grantId), text(found.artifact.payload.sessionUid)];
    if (grantId !== undefined) ahead.keep(grantName(grantId), found.grant);
    if (uid !== undefined) ahead.keep(sessionName(uid), found.session);
    return found.artifact;
  }

  get #grace(): number {
    return this.#model === 'RefreshToken' ? this.#parts.refreshGraceMs : 0;
  }

  #stored(id: string): string {
    return MODELS[this.#model].id === 'plain' ? id : createHash('sha256').update(id).digest('base64url');
  }

  /**
   * A payload as oidc-provider sees it. `consumed` stays hidden while one repeat is still open, because it refuses
   * a consumed refresh token before it asks `consume`; afterwards it is shown, and oidc-provider ends the grant.
   */
  #shown({ payload, uses, firstUsedAt, expiresAt }: StoredArtifact, jti: string | undefined): AdapterPayload {
    const repeatable =
      uses === 1 &&
      firstUsedAt !== undefined &&
      Math.abs(this.#parts.clock.now() - firstUsedAt) < this.#grace;
    const consumed = uses > 0 && !repeatable && firstUsedAt !== undefined;
    const shown = {
      ...payload,
      ...(jti === undefined ? {} : { jti }),
      ...(expiresAt === undefined ? {} : { exp: Math.floor(expiresAt / 1000) }),
      ...(consumed && this.#model !== 'ReplayDetection' ? { consumed: Math.floor(firstUsedAt / 1000) } : {}),
    };
    return readPayload(shown, this.#model);
  }
}

/** Makes the adapter of one volatile model. */
export function createArtifactAdapter(model: ModelName, parts: ArtifactAdapterParts): Adapter {
  return new ArtifactAdapter(model, parts);
}
