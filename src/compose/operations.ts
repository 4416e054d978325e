import { loadWordLists } from '#adapters/crypto/word-lists.ts';
import type { Config } from '#config/settings.ts';
import { createPasswordRules } from '#src/account/password-rules.ts';
import type { Operations, PersonOperations } from '#src/cli/operations.ts';
import type { Clock } from '#src/clock.ts';
import { type KnownMethod, policyFaults } from '#src/enrolment/policy.ts';
import type { Log } from '#src/log.ts';
import { createOperatorEvents } from '#src/operator-events.ts';
import { createKeyOperations } from '#src/provider/key-operations.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Audit } from './audit.ts';
import type { Durable } from './durable.ts';
import { keySchedule } from './keys.ts';
import type { PersonMail } from './person-mail.ts';

type PersonStores = 'factors' | 'enrolments' | 'lanes' | 'links' | 'queue' | 'digester';

export interface OperationsParts {
  config: Config;
  tenant: Tenant;
  /** The configuration's tenant, where that is another one. */
  home?: Tenant | undefined;
  durable: Pick<
    Durable,
    | ('accounts' | 'clients' | 'tenants' | 'keys' | 'firstStart' | 'reseal')
    | ('audit' | 'verifyAudit' | 'retain' | PersonStores)
  >;
  sessions: Pick<Sessions, 'endAll'>;
  throttle: PersonOperations['throttle'];
  mail: PersonMail;
  /** Whether mail leaves this installation. */
  sendsMail: boolean;
  audit: Pick<Audit, 'trail'>;
  hasher: PasswordHasher;
  /** Every second-step method of this installation. */
  methods: () => Promise<readonly KnownMethod[]>;
  clock: Clock;
  log: Log;
  /** What disposing of the operations closes; nothing when a running process lends its own stores. */
  owned?: AsyncDisposable | undefined;
}

function composePeople(parts: OperationsParts): PersonOperations {
  const { tenant, durable, throttle, mail, sendsMail, methods } = parts;
  const { factors, enrolments, lanes, links, queue, digester } = durable;
  return {
    ...{ factors, enrolments, lanes, links, throttle, digester, sendsMail },
    messages: queue,
    methodKinds: async () => (await methods()).map(({ kind }) => kind),
    invite: (account) => mail.invite(tenant, account),
    tell: (accountId, what) => mail.tell(tenant, accountId, what),
  };
}

/** What operators' commands act on, over stores that are open already. */
export function composeOperations(parts: OperationsParts): Operations {
  const {
    config,
    tenant,
    home = tenant,
    durable,
    sessions,
    hasher,
    methods,
    audit,
    clock,
    log,
    owned,
  } = parts;
  const { trail } = audit;
  return {
    tenant,
    home,
    tenants: durable.tenants,
    plainHttp: config.unsafe.plainHttp,
    policyFaults: async (settings) => policyFaults(settings, await methods()),
    // The clients of the configuration are its own tenant's.
    forTenant: (other) =>
      composeOperations({
        ...{ ...parts, config: { ...config, clients: [] } },
        ...{ tenant: other, home, owned: undefined },
      }),
    accounts: durable.accounts,
    people: composePeople(parts),
    audit: durable.audit.events,
    events: createOperatorEvents(log, trail),
    trail,
    verifyAudit: durable.verifyAudit,
    retain: durable.retain,
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
    endAccount: (accountId) => sessions.endAll(tenant, accountId),
    clock,
    [Symbol.asyncDispose]: async () => owned?.[Symbol.asyncDispose](),
  };
}
