import { Option } from 'commander';
import { nearest } from '#config/nearest.ts';
import type { SettingsSource, StoredTenant } from '#src/tenant/ports.ts';
import { CommandFailure } from './failure.ts';
import type { Operations } from './operations.ts';
import { printable } from './terminal.ts';

/** Tenants whose keys are compared with a key that is nobody's. */
const MOST_COMPARED = 1_000;

/** What every command that works on one tenant may be told. */
export interface TenantChoice {
  tenant?: string;
}

/** The option of a command that works on one tenant. */
export function tenantOption(): Option {
  return new Option('--tenant <key>', "organisation it is about, by default the configuration's");
}

async function nobody({ tenant, tenants }: Operations, key: string): Promise<CommandFailure> {
  const page = await tenants.list({ limit: MOST_COMPARED });
  const meant = nearest(key, [tenant.key, ...page.tenants.map((other) => other.key)]);
  const hint = meant === undefined ? '`tenant list` shows all' : `did you mean ${meant}?`;
  return new CommandFailure(`there is no tenant ${printable(key)}; ${hint}`);
}

/** The tenant with this key. Throws a CommandFailure with the nearest key when there is none. */
export async function requireTenant(operations: Operations, key: string): Promise<StoredTenant> {
  const stored = await operations.tenants.byKey(key);
  if (stored === undefined) throw await nobody(operations, key);
  return stored;
}

/** Why nothing can be done for a tenant whose settings are not at hand. */
function unreadable(key: string, source: Exclude<SettingsSource, { from: 'row' }>): CommandFailure {
  if (source.from === 'unfit') {
    return new CommandFailure(
      `the settings of tenant ${key} do not fit this version (${source.faults.join('; ')}); put them right with \`tenant apply\``,
    );
  }
  return new CommandFailure(`tenant ${key} belongs to another configuration; run this with that one`);
}

/** The operations for one tenant: the configuration's without a key. */
export async function selectTenant(operations: Operations, key: string | undefined): Promise<Operations> {
  if (key === undefined || key === operations.tenant.key) return operations;
  const { id, issuer, source } = await requireTenant(operations, key);
  if (source.from !== 'row') throw unreadable(key, source);
  return operations.forTenant({ id, key, issuer, settings: source.settings });
}
