import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Clock } from '#src/clock.ts';
import type { Tenant, TenantId } from '#src/tenant/tenant.ts';
import { type BackChannel, createBackChannel } from './back-channel.ts';
import type { CookieSigner } from './cookie-signer.ts';
import { createInteractionGateway, type InteractionGateway } from './interaction-gateway.ts';
import type { SigningRing } from './key-ring.ts';
import type { KeyRings } from './key-rings.ts';
import type { SessionGateway } from './session-gateway.ts';

/** One tenant's Provider, as the rest of the house sees it. A request keeps the one that it began with. */
export interface TenantProvider {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  interactions: InteractionGateway;
  sessions: SessionGateway;
  backChannel: BackChannel;
}

/** Most Providers that a process keeps; the one used longest ago goes. */
const MOST_KEPT = 200;

/** Milliseconds without a request after which a Provider goes. */
const IDLE_MS = 15 * 60_000;

/** Milliseconds between two looks for idle ones while no request comes. */
const SWEEP_MS = 60_000;

/** What a Provider is made of; when one of them is another, so is the Provider. */
export interface ProviderMakings {
  tenant: Tenant;
  ring: SigningRing;
  cookies: CookieSigner;
}

export interface ProvidersParts {
  rings: Pick<KeyRings, 'of' | 'cookies' | 'forget'>;
  make(makings: ProviderMakings): Provider;
  sessions(provider: Provider, tenant: Tenant): SessionGateway;
  clock: Clock;
  mostKept?: number;
}

/** Disposing ends the looking for idle ones. */
export interface Providers extends Disposable {
  /** The tenant's Provider, made when there is none, or when its keys or its settings changed. */
  of(tenant: Tenant): Promise<TenantProvider>;
  /** How many are kept now, and how many were made since the start. */
  stats(): { kept: number; made: number };
}

interface Kept extends ProviderMakings {
  provider: TenantProvider;
  usedAt: number;
}

function isSame(kept: Kept, { tenant, ring, cookies }: ProviderMakings): boolean {
  return kept.tenant === tenant && kept.ring === ring && kept.cookies === cookies;
}

/**
 * Providers by tenant, made on first use and dropped when nobody uses them. oidc-provider reads its keys once, so
 * changed keys mean a new Provider, while requests under way finish with the old one. Making takes half a
 * millisecond and nothing is waited for, so concurrent requests share one; what they wait for, the ring of keys, is
 * shared as well.
 */
export function createProviders(parts: ProvidersParts): Providers {
  const { rings, make, clock, mostKept = MOST_KEPT } = parts;
  // In the order of their last use, the longest ago first.
  const kept = new Map<TenantId, Kept>();
  let made = 0;

  const drop = (tenantId: TenantId) => {
    kept.delete(tenantId);
    rings.forget(tenantId);
  };
  const dropIdle = () => {
    const before = clock.now() - IDLE_MS;
    for (const [tenantId, { usedAt }] of kept) {
      if (usedAt > before) return;
      drop(tenantId);
    }
  };
  const makeOne = (makings: ProviderMakings): TenantProvider => {
    const provider = make(makings);
    made += 1;
    return {
      handle: provider.callback(),
      interactions: createInteractionGateway(provider),
      sessions: parts.sessions(provider, makings.tenant),
      backChannel: createBackChannel(provider),
    };
  };
  const keep = (makings: ProviderMakings): TenantProvider => {
    const { id } = makings.tenant;
    const known = kept.get(id);
    const provider = known !== undefined && isSame(known, makings) ? known.provider : makeOne(makings);
    kept.delete(id);
    kept.set(id, { ...makings, provider, usedAt: clock.now() });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) drop(oldest);
    return provider;
  };

  const timer = setInterval(dropIdle, SWEEP_MS).unref();
  return {
    async of(tenant) {
      dropIdle();
      const [ring, cookies] = await Promise.all([rings.of(tenant.id), rings.cookies()]);
      return keep({ tenant, ring, cookies });
    },
    stats: () => ({ kept: kept.size, made }),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
