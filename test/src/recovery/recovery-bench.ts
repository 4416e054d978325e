import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createDigester } from '#adapters/crypto/digester.ts';
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createEnrolmentStore } from '#adapters/postgres/enrolment-store.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { createMailLinkStore } from '#adapters/postgres/mail-link-store.ts';
import { createQueueStore } from '#adapters/postgres/queue-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { tenantSchema } from '#config/tenant.ts';
import { createTexts } from '#interactions/i18n.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AuditEntry } from '#src/audit/ports.ts';
import { composeMailLinks, composeRecovery, type RecoveryCompositionParts } from '#src/compose/recovery.ts';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import { openLog } from '#src/log.ts';
import type { ClaimedItem } from '#src/message/queue-ports.ts';
import type { RecoveryTurn } from '#src/recovery/recovery.ts';
import { RECOVERY_KIND } from '#src/recovery/recovery-request.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { createTestDatabase, type Ending } from '../../support/postgres.ts';
import { FULL_TENANT } from '../../support/test-tenant.ts';

/** The password that people of the bench have. */
export const OLD = 'tulp-fiets-Gracht-71';
/** One that the rules take. */
export const NEW = 'wolk-Paars-Ladder-38';
export const QUESTION = { key: 'pet', text: 'Hoe heette uw eerste huisdier?' };
export const ANSWER = 'Mevrouw Snoezepoes';

/** A mail in the queue. */
export interface QueuedMail {
  to: string;
  text: string;
  locale: string;
}

/** Cheap: how dear a hash is makes no difference to what is held here. */
const cost = { memoryKib: 64, passes: 1, parallelism: 1, threads: 1, queue: 64 };

async function makeParts(ending: Ending) {
  const { application: database } = await createTestDatabase(ending);
  const clock = createTestClock();
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const digester = createDigester(createHash('sha256').update(randomUUID()).digest());
  const stores = { database, sealer, digester };
  const hasher = await openPasswordHasher(cost);
  ending.after(async () => hasher[Symbol.asyncDispose]());
  const { id } = await createTenantStore(database).ensure('bench', 'https://bench.example');
  const settings = tenantSchema.parse(FULL_TENANT);
  const tenant: Tenant = { id, key: 'bench', issuer: 'https://bench.example', settings };
  const durable = {
    accounts: createAccountStore(stores),
    links: createMailLinkStore({ database, sealer }),
    enrolments: createEnrolmentStore(stores),
    factors: createFactorStore({ database, sealer }),
    queue: createQueueStore({ database, sealer }),
    sealer,
    digester,
  };
  const volatile = {
    flows: createMemoryFlowStore({ clock }),
    throttle: createMemoryThrottleStore({ clock }),
    artifacts: createMemoryArtifactStore({ clock }),
  };
  return { clock, hasher, tenant, durable, volatile };
}

/** People who are stuck: a whole recovery over real stores, a still clock, and what was told and recorded. */
export async function createRecoveryBench(ending: Ending) {
  const { clock, hasher, tenant, durable, volatile } = await makeParts(ending);
  const recorded: AuditEntry[] = [];
  const settled: string[] = [];
  const told: { accountId: string; what: string }[] = [];
  const given: RecoveryCompositionParts = {
    ...{ durable, volatile, hasher, clock },
    queue: durable.queue,
    texts: createTexts(),
    sessions: { endAll: ({ id }, accountId) => volatile.artifacts.endAccount(id, accountId) },
    tenants: { byHost: async (host) => (host === 'bench.example' ? tenant : undefined) },
    notices: { tell: async ({ accountId }, what) => void told.push({ accountId, what }) },
    trail: {
      record: (entry) => void recorded.push(entry),
      settled: async (reference) => void settled.push(reference),
    },
    log: await openLog({ level: 'silent', format: 'json' }),
  };
  let addresses = 0;

  /** A person; without `email` nobody can mail them. */
  const addPerson = async (
    loginName: string,
    options: { email?: string; verified?: boolean; password?: string | undefined; locale?: 'nl' | 'en' } = {},
  ) => {
    const { email, verified = true, locale = 'nl' } = options;
    const password = 'password' in options ? options.password : OLD;
    const made = await durable.accounts.create({
      tenantId: tenant.id,
      loginName,
      loginNameCanonical: canonicalLoginName(loginName) ?? loginName,
      passwordHash: password === undefined ? undefined : await hasher.hash(password),
      ...{ givenName: 'Test', familyName: 'Mens', phone: undefined, phoneVerified: false, locale },
      ...{ email, emailVerified: email !== undefined && verified, roles: [] },
    });
    assert.equal(made.kind, 'created');
    assert.ok('account' in made);
    return made.account;
  };

  /** A request of a browser; each browser comes from an address of its own. */
  const browser = (flowId = randomBytes(32).toString('base64url')): RecoveryTurn => {
    addresses += 1;
    return {
      ...{ tenant, tenantId: tenant.id, locale: 'nl', flowId, reference: randomUUID() },
      ...{ interaction: 'trace', address: `198.18.${addresses >> 8}.${addresses & 255}` },
    };
  };

  const { recovery, handler, invite } = composeRecovery(given);
  const claim = (most = 100): Promise<ClaimedItem[]> =>
    durable.queue.claim({ at: clock.now(), leaseUntil: clock.now() + 1, most });

  return {
    ...{ clock, hasher, tenant, durable, volatile, given, recovery, handler, invite },
    ...{ recorded, settled, told, addPerson, browser, claim },
    mailLinks: composeMailLinks({ durable, clock }),
    /** Events of one name so far, with what they say. */
    events: (name: string) => recorded.filter(({ event }) => event === name),
    setQuestion: async (accountId: string, answer = ANSWER) => {
      const questions = createSecurityQuestions({ hasher, digester: durable.digester });
      const question = { ...QUESTION, answerHash: await questions.hash(accountId, answer) };
      const account = await durable.accounts.findById(tenant.id, accountId);
      const saved = { question, email: account?.email };
      await durable.enrolments.saveFirstSignIn(tenant.id, accountId, saved, clock.now());
    },
    /** Works off what is due: the mails that come of it. */
    async work(): Promise<QueuedMail[]> {
      const mails: QueuedMail[] = [];
      for (let items = await claim(); items.length > 0; items = await claim()) {
        for (const item of items) {
          if (item.kind === RECOVERY_KIND) assert.equal((await handler(item)).kind, 'done');
          else mails.push(JSON.parse(item.payload));
          await durable.queue.done(item, { at: clock.now() });
        }
      }
      return mails;
    },
  };
}

export type RecoveryBench = Awaited<ReturnType<typeof createRecoveryBench>>;

/** Every token and every code in a mail, in the order of its text. */
export function waysIn({ text }: { text: string }): { token: string; code: string }[] {
  const tokens = [...text.matchAll(/\/recover\/link\?token=([\w-]+)/g)].map((match) => match[1] ?? '');
  const codes = [...text.matchAll(/\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b/g)].map(
    (match) => match[1] ?? '',
  );
  return tokens.map((token, index) => ({ token, code: codes[index] ?? '' }));
}

/** The one way in of the one mail. */
export function onlyWay(mails: readonly QueuedMail[]): { token: string; code: string } {
  assert.equal(mails.length, 1);
  const [way] = mails.flatMap(waysIn);
  assert.ok(way?.token && way.code, 'the mail has a link and a code');
  return way;
}
