import { loadWordLists } from '#adapters/crypto/word-lists.ts';
import type { Config } from '#config/settings.ts';
import { createPasswordRules } from '#src/account/password-rules.ts';
import type { Operations } from '#src/cli/operations.ts';
import type { Clock } from '#src/clock.ts';
import { type KnownMethod, policyFaults } from '#src/enrolment/policy.ts';
import { createKeyOperations } from '#src/provider/key-operations.ts';
import type { ArtifactStore } from '#src/provider/ports.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';
import { keySchedule } from './keys.ts';

export interface OperationsParts {
  config: Config;
  tenant: Tenant;
  durable: Pick<Durable, 'accounts' | 'clients' | 'tenants' | 'keys' | 'firstStart' | 'reseal'>;
  artifacts: Pick<ArtifactStore, 'endAccount'>;
  hasher: PasswordHasher;
  /** Every second-step method of this installation. */
  methods: () => Promise<readonly KnownMethod[]>;
  clock: Clock;
  /** What disposing of the operations closes; nothing when a running process lends its own stores. */
  owned?: AsyncDisposable | undefined;
}

/** What operators' commands act on, over stores that are open already. */
export function composeOperations(parts: OperationsParts): Operations {
  const { config, tenant, durable, artifacts, hasher, methods, clock, owned } = parts;
  return {
    tenant,
    tenants: durable.tenants,
    plainHttp: config.unsafe.plainHttp,
    policyFaults: async (settings) => policyFaults(settings, await methods()),
    // The clients of the configuration are its own tenant's.
    forTenant: (other) =>
      composeOperations({ ...parts, config: { ...config, clients: [] }, tenant: other, owned: undefined }),
    accounts: durable.accounts,
    clients: durable.clients,
    configuredClients: config.clients.map(({ metadata }) => metadata),
    keys: createKeyOperations({
      keys: durable.keys,
      firstStart: durable.firstStart,
      schedule: keySchedule(config.keys),
      clock,
    }),
    reseal: durable.reseal,
    hasher,
    passwordRules: createPasswordRules({ loadWordLists }),
    endAccount: (accountId) => artifacts.endAccount(tenant.id, accountId),
    clock,
    [Symbol.asyncDispose]: async () => owned?.[Symbol.asyncDispose](),
  };
}
