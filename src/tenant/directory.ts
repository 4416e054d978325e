import { isDeepStrictEqual } from 'node:util';
import { hostOf } from '#src/canonical-request.ts';
import type { Clock } from '#src/clock.ts';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import type { RevisionWatch } from '#src/revision/watch.ts';
import type { StoredTenant, TenantDirectory, TenantStore } from './ports.ts';
import { createRecentMap } from './recent-map.ts';
import type { Tenant } from './tenant.ts';

const IDLE_MS = 30 * 60_000;

/** What one process remembers at most: at 3 kB a tenant 6 MB, and strangers' host names apart from tenants. */
export const BOUNDS = {
  tenants: { most: 2_000, idle: IDLE_MS },
  strangers: { most: 1_000, idle: IDLE_MS },
  /** Look-ups under way; while the database is slow, made-up host names could pile up without end. */
  lookUps: 200,
} as const;

/** A host is at most 253 characters and a port (RFC 1035 §2.3.4); anything longer is nobody's. */
const LONGEST_HOST = 260;

const RETRY_AFTER_SECONDS = 5;

/** Milliseconds for which a tenant that could not be read anew is answered from memory. */
const READ_AGAIN_MS = 1_000;

export interface DirectoryParts {
  /** The tenant of the configuration. */
  configured: Tenant;
  tenants: Pick<TenantStore, 'byHost'>;
  revisions: Pick<RevisionWatch, 'of'>;
  clock: Clock;
  log: Log;
}

/** What a host led to when the tenants stood at `revision`. */
interface Known {
  stored: StoredTenant;
  tenant: Tenant | undefined;
  revision: number;
  /** Milliseconds since the epoch: not read anew before that. */
  notBefore: number;
}

function tenantOf({ id, key, issuer, source }: StoredTenant): Tenant | undefined {
  return source.from === 'row' ? { id, key, issuer, settings: source.settings } : undefined;
}

/** The tenant, or why this one has no pages now; others are none the worse for it. */
function answer({ stored, tenant }: Known): Tenant | undefined {
  const { key, source } = stored;
  if (source.from !== 'unfit') return tenant;
  const sentence = `settings of tenant ${key} do not fit this version: ${source.faults.join('; ')}`;
  throw new AppError('tenant-unfit', 503, sentence);
}

/**
 * Finds tenants by host: the configured one without asking anybody, others in memory or by one query. What is
 * remembered is read anew once the revision of `tenants` has moved; while the database is away, tenants in memory
 * keep being found, and whatever stands behind them fails closed by itself. A row without settings that the
 * configuration does not name either is nobody's.
 */
export function createTenantDirectory(parts: DirectoryParts): TenantDirectory {
  const { configured, tenants, revisions, clock, log } = parts;
  const configuredHost = hostOf(configured.issuer);
  const known = createRecentMap<Known>(BOUNDS.tenants, clock);
  const strangers = createRecentMap<number>(BOUNDS.strangers, clock);
  const lookUps = new Map<string, Promise<Known | undefined>>();

  const ask = async (host: string): Promise<Known | undefined> => {
    // Before the query: what changes during it has another revision, and is read once more.
    const revision = revisions.of('tenants');
    const stored = await tenants.byHost(host);
    if (stored === undefined || stored.source.from === 'configuration') {
      known.delete(host);
      strangers.set(host, revision);
      return undefined;
    }
    strangers.delete(host);
    // Another one changed: this one's Provider, made for this very object, may stay.
    const before = known.get(host);
    const same = before !== undefined && isDeepStrictEqual(before.stored, stored);
    const found = { stored, tenant: same ? before.tenant : tenantOf(stored), revision, notBefore: 0 };
    known.set(host, found);
    return found;
  };

  const lookUp = (host: string): Promise<Known | undefined> => {
    const running = lookUps.get(host);
    if (running !== undefined) return running;
    if (lookUps.size >= BOUNDS.lookUps) {
      const retryAfter = RETRY_AFTER_SECONDS;
      throw new AppError('store-unavailable', 503, 'too many host names are being looked up', { retryAfter });
    }
    const asked = ask(host).finally(() => lookUps.delete(host));
    lookUps.set(host, asked);
    return asked;
  };

  /** As it is now, or as it was when that can't be found out. */
  const readAnew = async (host: string, before: Known): Promise<Known | undefined> => {
    try {
      return await lookUp(host);
    } catch (err) {
      before.notBefore = clock.now() + READ_AGAIN_MS;
      log.warn({ tenant: before.stored.key, err }, 'a changed tenant can not be read; it stays as it was');
      return before;
    }
  };

  return {
    async byHost(host) {
      if (host === configuredHost) return configured;
      if (host.length > LONGEST_HOST) return undefined;
      const revision = revisions.of('tenants');
      const before = known.get(host);
      if (before === undefined) {
        if (strangers.get(host) === revision) return undefined;
        const found = await lookUp(host);
        return found && answer(found);
      }
      const current = before.revision === revision || clock.now() < before.notBefore;
      const found = current ? before : await readAnew(host, before);
      return found && answer(found);
    },
  };
}
