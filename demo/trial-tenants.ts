import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '#config/env.ts';
import type { Fault } from '#config/faults.ts';
import type { TenantSettings } from '#config/tenant.ts';
import type { Composition } from '#src/compose.ts';
import { AppError } from '#src/errors.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Site } from './application.ts';
import { type SeededAccount, seedAccounts } from './seed.ts';
import { SAMPLE_CLIENT, sampleClient, TRIAL_TENANT } from './trial-settings.ts';

/** Enough to look at, few enough to wait for. */
const MOST = 10;

/** A label of a host name (RFC 1035 §2.3.1) that is a tenant's key as well; xn-- would mean another one. */
const NAME = /^(?!xn--)[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** A look for each, so that nobody takes one for another. */
const LOOKS: readonly TenantSettings['theme'][] = [
  { backdrop: '#5b2a4c', accent: '#8a2f6b' },
  { backdrop: '#0f4c3a', accent: '#0b6b4d' },
  { backdrop: '#5a3a12', accent: '#8a4b08' },
  { backdrop: '#2f2f63', accent: '#4338a0' },
  { backdrop: '#5c1f1f', accent: '#9b1c1c' },
];

function faultIn(names: readonly string[]): string | undefined {
  if (names.length > MOST) return `must have at most ${MOST} names`;
  if (names.includes(TRIAL_TENANT)) return `must not name ${TRIAL_TENANT}, which is the tenant on localhost`;
  if (new Set(names).size !== names.length) return 'must not name a tenant twice';
  if (names.every((name) => NAME.test(name))) return undefined;
  return 'must be names of lower-case letters, digits and hyphens inside, with commas between them';
}

/** Reads `TRIAL_TENANTS=a,b`: names of tenants beside the one on localhost. */
export function readTrialTenants({ TRIAL_TENANTS: text }: Environment): { names: string[]; faults: Fault[] } {
  if (text === undefined) return { names: [], faults: [] };
  const names = text.split(',').map((name) => name.trim());
  const reason = faultIn(names);
  if (reason === undefined) return { names, faults: [] };
  return { names: [], faults: [{ key: undefined, variable: 'TRIAL_TENANTS', at: undefined, reason }] };
}

/** A tenant beside the one on localhost, and its sample application. */
export interface TrialTenant {
  tenant: Tenant;
  site: Site;
}

export interface TrialTenantWish {
  names: readonly string[];
  port: number;
  demoPort: number;
}

type Stores = Pick<Composition, 'tenant' | 'durable'>;

/** The port may be another than last time; then addresses follow, as those of the tenant on localhost do. */
async function ensureTenant({ durable }: Stores, issuer: string, settings: TenantSettings): Promise<Tenant> {
  const { tenants } = durable;
  const known = await tenants.byKey(settings.key);
  if (known !== undefined && known.issuer !== issuer) await tenants.moveIssuer(known.id, issuer);
  const applied = await tenants.apply({ issuer, settings });
  if ('tenant' in applied) return applied.tenant;
  throw new AppError('tenant-mismatch', 500, `TRIAL_TENANTS can not add ${settings.key} (${applied.kind})`);
}

/** The sample application's client, with the secret it has had since it was made. */
async function ensureClient({ durable }: Stores, { id }: Tenant, origin: string): Promise<string> {
  const { clients } = durable;
  const known = await clients.find(id, SAMPLE_CLIENT);
  const kept = known?.client_secret;
  const secret = typeof kept === 'string' ? kept : randomBytes(32).toString('base64url');
  const wanted = sampleClient(origin, secret);
  if (isDeepStrictEqual(known, wanted)) return secret;
  if (known !== undefined) await clients.remove(id, SAMPLE_CLIENT);
  await clients.add(id, wanted);
  return secret;
}

/** Makes the tenants that are not there yet, and brings the others up to date. */
export async function prepareTenants(stores: Stores, wish: TrialTenantWish): Promise<TrialTenant[]> {
  const prepared: TrialTenant[] = [];
  for (const [index, name] of wish.names.entries()) {
    const issuer = `http://${name}.localhost:${wish.port}`;
    const origin = `http://${name}.localhost:${wish.demoPort}`;
    const tenant = await ensureTenant(stores, issuer, {
      ...stores.tenant.settings,
      key: name,
      name: `Voorbeeldorganisatie ${name}`,
      initiateLoginUri: `${origin}/login`,
      theme: LOOKS[index % LOOKS.length] ?? {},
    });
    const clientSecret = await ensureClient(stores, tenant, origin);
    prepared.push({ tenant, site: { issuer, origin, clientId: SAMPLE_CLIENT, clientSecret } });
  }
  return prepared;
}

/** The demo accounts of one further tenant, as the announcement tells them. */
export async function seedTenant(
  composition: Composition,
  { tenant, site }: TrialTenant,
  password: string,
): Promise<{ issuer: string; sample: string; accounts: SeededAccount[] }> {
  const accounts = await seedAccounts({ ...composition, tenant }, password);
  return { issuer: site.issuer, sample: site.origin, accounts };
}
