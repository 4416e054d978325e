import { randomBytes } from 'node:crypto';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createBackupCodeStore } from '#adapters/postgres/backup-code-store.ts';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import { createEnrolmentStore } from '#adapters/postgres/enrolment-store.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { createLaneStore } from '#adapters/postgres/lane-store.ts';
import { createMailLinkStore } from '#adapters/postgres/mail-link-store.ts';
import { createQueueStore } from '#adapters/postgres/queue-store.ts';
import { createAuditTrail } from '#src/audit/trail.ts';
import type { PersonOperations } from '#src/cli/operations.ts';
import type { Clock } from '#src/clock.ts';
import { openAuditStores } from '#src/compose/audit.ts';
import { composePersonMail } from '#src/compose/person-mail.ts';
import type { Log } from '#src/log.ts';
import type { Sealer } from '#src/secret/ports.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

interface Parts {
  database: OpenDatabase;
  sealer: Sealer;
  clock: Clock;
  log: Log;
  kinds: readonly { kind: string }[];
}

/** Everything about people that commands work on: real stores, in memory. */
export function openPersonStores({ database, sealer, clock, log, kinds }: Parts) {
  const digester = createDigester(randomBytes(32));
  const stores = {
    accounts: createAccountStore({ database, sealer, digester }),
    factors: createFactorStore({ database, sealer }),
    backupCodes: createBackupCodeStore({ database }),
    enrolments: createEnrolmentStore({ database, sealer, digester }),
    lanes: createLaneStore({ database }),
    links: createMailLinkStore({ database, sealer }),
    queue: createQueueStore({ database, sealer }),
  };
  const throttle = createMemoryThrottleStore({ clock });
  const auditStores = openAuditStores(database);
  const audit = auditStores.events;
  const trail = createAuditTrail({ store: audit, digester, clock, log });
  const mail = composePersonMail({
    durable: { ...stores, digester },
    throttle,
    events: createSystemEvents(trail),
    clock,
    log,
  });
  const peopleOf = (tenant: Tenant): PersonOperations => ({
    ...{ ...stores, throttle, digester, sendsMail: true },
    messages: stores.queue,
    methodKinds: async () => kinds.map(({ kind }) => kind),
    invite: (account) => mail.invite(tenant, account),
    tell: (accountId, what) => mail.tell(tenant, accountId, what),
  });
  return { ...stores, throttle, digester, auditStores, audit, trail, peopleOf };
}

export type PersonStores = ReturnType<typeof openPersonStores>;
