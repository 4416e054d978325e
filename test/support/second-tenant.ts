import assert from 'node:assert/strict';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestAccount, type SignInPlace } from './accounts.ts';
import { CLIENT, type Installation } from './installation.ts';
import { tenantSettings } from './tenants.ts';

/** A further tenant of an installation: people sign in there as they do at the first one. */
export interface SecondTenant extends SignInPlace {
  tenant: Tenant;
}

/**
 * Adds a tenant whose client has the same id, secret and addresses as the first one's: what keeps them apart is the
 * tenant alone. Without an issuer it is where the installation listens, by another name that needs no look-up.
 */
export async function addTenant(
  installation: Installation,
  key: string,
  issuer = installation.origin.replace('localhost', '127.0.0.1'),
): Promise<SecondTenant> {
  const { durable, tenant: first } = installation.running.composition;
  const { secondStep, firstSignIn } = first.settings;
  const settings = tenantSettings(key, { secondStep, firstSignIn });
  const applied = await durable.tenants.apply({ issuer, settings });
  assert.ok(applied.kind === 'created', applied.kind);
  const { tenant } = applied;
  assert.equal(await durable.clients.add(tenant.id, { ...CLIENT, first_party: true }), true);
  return {
    issuer,
    tenant,
    createAccount: (wanted) => createTestAccount(installation.running, tenant, wanted),
  };
}
