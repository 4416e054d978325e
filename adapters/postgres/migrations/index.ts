import type { Migration } from 'kysely/migration';
import { identities } from './0001-identities.ts';
import { severalTenants } from './0002-several-tenants.ts';
import { secondSteps } from './0003-second-steps.ts';
import { waysBack } from './0004-ways-back.ts';
import { ownAccount } from './0005-own-account.ts';
import { queueByKind } from './0006-queue-by-kind.ts';

/**
 * Every migration in the order of its number. The list is written out so that a build holds exactly what it
 * names; an entry that was released is never changed, renamed or removed.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-identities': identities,
  '0002-several-tenants': severalTenants,
  '0003-second-steps': secondSteps,
  '0004-ways-back': waysBack,
  '0005-own-account': ownAccount,
  '0006-queue-by-kind': queueByKind,
};
