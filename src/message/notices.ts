import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, AccountId, Locale } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { ThrottleStore, WindowCounter } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Mail } from './mail.ts';
import { PHONE_KIND, phoneIn } from './phone-factor.ts';
import { readPhoneNumber } from './phone-number.ts';
import type { Channel } from './ports.ts';
import type { MessageQueue } from './queue-ports.ts';
import { type MessageContent, queuedMessage } from './queued-message.ts';

/** What a person is told about without having asked (ground rule 7). */
export const NOTICE_KINDS = [
  ...['backup-code-used', 'backup-code-void', 'email-replaced', 'method-added'],
  /** By a recovery; `password-made`: the first one, by an invitation. */
  ...['password-changed', 'password-made'],
  /** A right password, and then three wrong second steps. */
  'second-step-guessed',
  /** A sign-in after ten wrong tries or more. */
  'signed-in-after-failures',
  'new-browser',
  /** By the help desk or an operator. */
  ...['unblocked', 'second-step-reset'],
  /** By the person, in their own settings. */
  ...['phone-changed', 'method-removed', 'question-changed', 'backup-code-made'],
  /** By whoever pressed "this was not me", on whichever channel: until a recovery. */
  'account-closed',
  /** By whoever pressed it in a former mailbox: until the help desk; or until a recovery by that address, which is back. */
  ...['account-held', 'email-restored'],
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

const CLOSINGS: readonly NoticeKind[] = ['account-closed', 'account-held', 'email-restored'];

/** What else may be told: of wrong tries how many, of a browser what it says of itself (a stranger's own words). */
export interface NoticeDetail {
  count?: number | undefined;
  userAgent?: string | undefined;
}

/** One notice, before it is put into words. `at` is in milliseconds since the epoch. */
export interface Notice {
  what: NoticeKind;
  tenant: Tenant;
  loginName: string;
  /** The person's own language; the page's may be somebody else's. */
  locale: Locale;
  at: number;
  detail: NoticeDetail;
  /** Where to say "this was not me"; undefined when there is no such place. */
  reportHref: string | undefined;
}

export interface NoticeRenderer {
  /** To be read on a phone or heard from it; what is heard has no address to go to. */
  phone(notice: Notice, channel: 'sms' | 'voice'): string;
  email(notice: Notice): Mail;
}

/** Whom a notice is for, and when what it tells of happened. */
export type NoticeContext = Pick<MethodContext, 'tenant' | 'accountId' | 'now'> & {
  /** The proved address that is the account's no more: it is told as well as the one that took its place. */
  formerEmail?: string | undefined;
  /** The number that is the account's no more (E.164): it is told as well as the new one. */
  formerPhone?: string | undefined;
  detail?: NoticeDetail | undefined;
};

/** Tells people of changes on every channel they proved. Disposing waits for what is under way. */
export interface Notices extends AsyncDisposable {
  /**
   * Settles once the messages are in the queue; never rejects. What goes wrong is the operator's to know, and in the log.
   * Nobody needs to wait for it.
   */
  tell(context: NoticeContext, what: NoticeKind): Promise<void>;
}

export interface NoticesParts {
  queue: MessageQueue;
  factors: Pick<FactorStore, 'list'>;
  accounts: Pick<AccountStore, 'findById'>;
  /** Makes a link to say "this was not me", for a former address or for the others; undefined when the account is not there or disabled. */
  reportHref(
    tenant: Tenant,
    accountId: AccountId,
    of: { formerEmail: string | undefined },
  ): Promise<string | undefined>;
  render: NoticeRenderer;
  throttle: Pick<ThrottleStore, 'take'>;
  log: Log;
  events: Pick<SystemEvents, 'noticeLimited'>;
  /** Most milliseconds that disposing waits for the stores. */
  patience?: number | undefined;
}

/** Where one message of a notice goes. */
interface Address {
  channel: Channel;
  to: string;
  /** It is the account's no more. */
  former: boolean;
}

/**
 * Notices of one person that go to phones in a day. Somebody who does the same thing over and over, as using each new
 * backup code, must not cost without end: notices are in no other limit, because they are not to be held up by any.
 */
const phoneCounter = (accountId: string): WindowCounter => ({
  kind: 'window',
  key: `notice:account:${accountId}`,
  limit: 10,
  window: 24 * 60 * 60,
});

/** A landline is called, where the tenant lets calls be made: it may be the only thing that a person has. */
function addressOf(phone: string, { settings }: Tenant): Address[] {
  const read = readPhoneNumber(phone, settings.phone.countries);
  if (!read.ok) return [];
  if (read.channels.includes('sms')) return [{ channel: 'sms', to: phone, former: false }];
  return settings.secondStep.spokenCode ? [{ channel: 'voice', to: phone, former: false }] : [];
}

function emailsOf({ email, emailVerified }: Account, formerEmail: string | undefined): Address[] {
  const proved = emailVerified && email !== formerEmail ? email : undefined;
  return [
    ...(formerEmail === undefined ? [] : [{ channel: 'email', to: formerEmail, former: true } as const]),
    ...(proved === undefined ? [] : [{ channel: 'email', to: proved, former: false } as const]),
  ];
}

function contentOf(address: Address, notice: Notice, render: NoticeRenderer): MessageContent {
  const { channel, to } = address;
  const { locale } = notice;
  if (channel === 'email') return { channel, to, locale, ...render.email(notice) };
  return { channel, to, locale, text: render.phone(notice, channel) };
}

/** Finds out whom to tell, in which words, and puts it into the queue in one piece. */
function createTelling({
  queue,
  factors,
  accounts,
  reportHref,
  render,
  throttle,
  log,
  events,
}: NoticesParts) {
  /** Ten times a day. What can't be counted is sent by mail all the same, which costs nothing. */
  const mayPhone = async ({ tenant, accountId, now }: NoticeContext, what: NoticeKind): Promise<boolean> => {
    const record = { tenantId: tenant.id, account: accountId, what };
    try {
      if ((await throttle.take(tenant.id, [phoneCounter(accountId)], now)).allowed) return true;
      const limited = { event: 'notice.limited', ...record };
      log.warn(limited, 'a person was told by phone too often today: only by mail now');
      events.noticeLimited(tenant.id, { account: accountId, what });
    } catch (err) {
      const failed = { event: 'notice.failed', ...record, err };
      log.error(failed, 'a notice by phone could not be counted: it goes by mail alone');
    }
    return false;
  };

  /** One link for all addresses of a kind; a call carries none. */
  const hrefsFor = async (
    addresses: readonly Address[],
    { tenant, accountId, formerEmail }: NoticeContext,
  ) => {
    const ask = async (former: boolean) =>
      addresses.some((address) => address.former === former && address.channel !== 'voice')
        ? reportHref(tenant, accountId, { formerEmail: former ? formerEmail : undefined })
        : undefined;
    const [own, old] = [await ask(false), await ask(true)];
    return (address: Address) => (address.former ? old : own);
  };

  return async (context: NoticeContext, what: NoticeKind): Promise<void> => {
    const { tenant, accountId, now, formerEmail, detail = {} } = context;
    const [account, methods] = await Promise.all([
      accounts.findById(tenant.id, accountId),
      factors.list(tenant.id, accountId),
    ]);
    if (account === undefined) return;
    const own = methods.filter(({ kind }) => kind === PHONE_KIND).map(phoneIn);
    const former = context.formerPhone;
    const phones = former === undefined || own.includes(former) ? own : [former, ...own];
    const byPhone = phones.flatMap((phone) => addressOf(phone, tenant));
    const phoned = byPhone.length > 0 && (await mayPhone(context, what)) ? byPhone : [];
    const addresses = [...phoned, ...emailsOf(account, formerEmail)];
    // A closed account can't be closed any further.
    const hrefOf = CLOSINGS.includes(what) ? () => undefined : await hrefsFor(addresses, context);
    const { loginName, locale } = account;
    const notice = { what, tenant, loginName, locale, at: now, detail };
    const items = addresses.map((address) =>
      queuedMessage({
        ...{ id: randomUUID(), tenantId: tenant.id, issuer: tenant.issuer, accountId, createdAt: now },
        message: contentOf(address, { ...notice, reportHref: hrefOf(address) }, render),
      }),
    );
    if (items.length > 0) await queue.put(items);
  };
}

/** Tells people through the queue: once a notice is in it, no crash and no outage of a supplier loses it. */
export function createNotices(parts: NoticesParts): Notices {
  const { log, patience = 12_000 } = parts;
  const tellAll = createTelling(parts);
  const underWay = new Set<Promise<void>>();
  return {
    tell(context, what) {
      const { tenant, accountId } = context;
      const record = { event: 'notice.failed', tenantId: tenant.id, account: accountId, what };
      const telling = tellAll(context, what)
        .catch((err: unknown) => log.error({ ...record, err }, 'a notice could not be put into the queue'))
        .finally(() => underWay.delete(telling));
      underWay.add(telling);
      return telling;
    },
    async [Symbol.asyncDispose]() {
      const over = new AbortController();
      const late = sleep(patience, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([Promise.all(underWay), late]);
      over.abort();
    },
  };
}
