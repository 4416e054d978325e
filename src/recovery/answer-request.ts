import type { Account } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { comparableEmail } from '#src/account/profile.ts';
import type { AuditTrail } from '#src/audit/ports.ts';
import { hostOf } from '#src/canonical-request.ts';
import type { Clock } from '#src/clock.ts';
import type { RecoveryEvents } from '#src/events.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import { derivedId } from '#src/message/derived-id.ts';
import type { Mail } from '#src/message/mail.ts';
import type {
  ClaimedItem,
  Handled,
  MessageQueue,
  QueueHandler,
  QueueStore,
} from '#src/message/queue-ports.ts';
import { queuedMessage } from '#src/message/queued-message.ts';
import type { TenantDirectory } from '#src/tenant/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { resetCounter } from './limits.ts';
import type { MailLinks } from './mail-links.ts';
import type { RecoveryMailRenderer, ResetOffer } from './mails.ts';
import { MOST_ACCOUNTS, namesIn, type RecoveryRequest, readRequest } from './recovery-request.ts';

/** How many messages about an account are looked through for one that was put in before. */
const LAST_MESSAGES = 20;

export interface AnswerParts {
  tenants: TenantDirectory;
  accounts: Pick<AccountStore, 'findForRecovery'>;
  links: Pick<MailLinks, 'issue'>;
  throttle: Pick<ThrottleStore, 'take'>;
  queue: MessageQueue;
  messages: Pick<QueueStore, 'ofAccount'>;
  render: RecoveryMailRenderer;
  events: Pick<RecoveryEvents, 'answered'>;
  trail: Pick<AuditTrail, 'settled'>;
  clock: Clock;
}

/** One request being answered. */
interface Job {
  tenant: Tenant;
  item: ClaimedItem;
  request: RecoveryRequest;
}

/** Accounts on one proved address. The first stands for all in the records of what was sent. */
interface Mailbox {
  address: string;
  first: Account;
  accounts: Account[];
}

function mailboxesOf(accounts: readonly Account[]): Mailbox[] {
  const boxes = new Map<string, Mailbox>();
  for (const account of accounts) {
    const { email, emailVerified } = account;
    if (email === undefined || !emailVerified) continue;
    const box = boxes.get(comparableEmail(email)) ?? { address: email, first: account, accounts: [] };
    box.accounts.push(account);
    boxes.set(comparableEmail(email), box);
  }
  return [...boxes.values()];
}

/**
 * Answers requests behind the back of whoever made them (R20, R21): finds who is meant, and mails to their own proved
 * addresses, one mail for each mailbox, in the person's language. Who has no proved address gets nothing, and nobody is
 * told so. Done twice it comes to one mail, whose link works. Throws AppError `store-unavailable`: to be tried again.
 */
export function createAnswerRequest(parts: AnswerParts): QueueHandler {
  const { accounts, links, throttle, events, clock } = parts;

  const record = ({ item, request }: Job, found: readonly Account[], of?: Account, reason = 'nobody') => {
    const context = { tenantId: item.tenantId, reference: request.reference };
    const result = { account: of?.id, lost: request.lost, accounts: found.length, reason };
    events.answered(context, result);
  };

  const messageId = ({ item }: Job, { first }: Mailbox) => derivedId(item.id, first.id);

  /** Before a crash, in front of which the link of that mail was made: a newer one would end it. */
  const wasPut = async (job: Job, box: Mailbox): Promise<boolean> => {
    const { item } = job;
    const before = await parts.messages.ofAccount(item.tenantId, box.first.id, LAST_MESSAGES);
    return before.some(({ id }) => id === messageId(job, box));
  };

  const put = async (job: Job, box: Mailbox, mail: Mail, expiresAt?: number): Promise<void> => {
    const { tenant, item } = job;
    const { address, first } = box;
    const message = { channel: 'email', to: address, ...mail, locale: first.locale } as const;
    await parts.queue.put([
      queuedMessage({
        ...{ id: messageId(job, box), tenantId: item.tenantId, issuer: tenant.issuer, accountId: first.id },
        ...{ createdAt: clock.now(), expiresAt, message },
      }),
    ]);
  };

  const mailNames = async (job: Job, found: readonly Account[]): Promise<void> => {
    for (const box of mailboxesOf(found)) {
      const names = box.accounts.map(({ loginName }) => loginName);
      const { locale } = box.first;
      await put(job, box, parts.render.loginNames({ tenant: job.tenant, locale, names }));
      for (const account of box.accounts) record(job, found, account, 'sent');
    }
  };

  /** A link for one account, within its limit. */
  const offer = async ({ tenant }: Job, account: Account): Promise<ResetOffer | 'limited' | 'closed'> => {
    const taken = await throttle.take(tenant.id, [resetCounter(account.id)], clock.now());
    if (!taken.allowed) return 'limited';
    const life = tenant.settings.recovery.linkMinutes * 60_000;
    const issued = await links.issue({ tenant, account, purpose: 'reset', life });
    if (issued === undefined) return 'closed';
    return { loginName: account.loginName, href: issued.href, code: issued.code };
  };

  const mailLinks = async (job: Job, found: readonly Account[]): Promise<void> => {
    const { tenant } = job;
    for (const box of mailboxesOf(found)) {
      if (await wasPut(job, box)) continue;
      const offers: ResetOffer[] = [];
      for (const account of box.accounts) {
        const offered = await offer(job, account);
        if (typeof offered !== 'string') offers.push(offered);
        record(job, found, account, typeof offered === 'string' ? offered : 'sent');
      }
      if (offers.length === 0) continue;
      const minutes = tenant.settings.recovery.linkMinutes;
      const mail = parts.render.reset({ tenant, locale: box.first.locale, accounts: offers, minutes });
      await put(job, box, mail, clock.now() + minutes * 60_000);
    }
  };

  return async (item): Promise<Handled> => {
    const request = readRequest(item.payload);
    if (request === undefined) return { kind: 'dead', fault: 'malformed' };
    const tenant = await parts.tenants.byHost(hostOf(request.issuer));
    if (tenant === undefined || tenant.id !== item.tenantId) return { kind: 'dead', fault: 'no-tenant' };
    const job = { tenant, item, request };
    const names = namesIn(request.typed, request.lost);
    const found = await accounts.findForRecovery(item.tenantId, names, MOST_ACCOUNTS);
    if (found.length === 0) record(job, found);
    for (const account of found) {
      if (account.email === undefined || !account.emailVerified) record(job, found, account, 'no-address');
    }
    await (request.lost === 'login-name' ? mailNames(job, found) : mailLinks(job, found));
    await parts.trail.settled(request.reference);
    return { kind: 'done' };
  };
}
