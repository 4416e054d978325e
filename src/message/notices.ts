import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, Locale } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { ThrottleStore, WindowCounter } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Mail } from './mail.ts';
import { PHONE_KIND, phoneIn } from './phone-factor.ts';
import { readPhoneNumber } from './phone-number.ts';
import type { Channel, Courier } from './ports.ts';

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
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One notice, before it is put into words. `at` is in milliseconds since the epoch. */
export interface Notice {
  what: NoticeKind;
  tenant: Tenant;
  loginName: string;
  /** The person's own language; the page's may be somebody else's. */
  locale: Locale;
  at: number;
}

export interface NoticeRenderer {
  /** To be read on a phone or heard from it. */
  phone(notice: Notice): string;
  email(notice: Notice): Mail;
}

/** Whom a notice is for, and when what it tells of happened. */
export type NoticeContext = Pick<MethodContext, 'tenant' | 'accountId' | 'now'> & {
  /** The proved address to tell, where it is the account's no more. */
  formerEmail?: string | undefined;
};

/** Tells people of changes on every channel they proved. Disposing waits for what is under way. */
export interface Notices extends AsyncDisposable {
  /** Returns at once; never throws. What goes wrong is the operator's to know, not the sign-in's. */
  tell(context: NoticeContext, what: NoticeKind): void;
}

interface Parts {
  courier: Courier;
  factors: Pick<FactorStore, 'list'>;
  accounts: Pick<AccountStore, 'findById'>;
  render: NoticeRenderer;
  throttle: Pick<ThrottleStore, 'take'>;
  log: Log;
  /** Most milliseconds that disposing waits: a courier's 10 seconds, and some for the stores. */
  patience?: number | undefined;
}

/** One message of a notice, with what the log may know of it. */
interface Telling {
  channel: Channel;
  to: string;
  subject?: string;
  text: string;
  html?: string;
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
function tellingTo(phone: string, text: string, { settings }: Tenant): Telling[] {
  const read = readPhoneNumber(phone, settings.phone.countries);
  if (!read.ok) return [];
  if (read.channels.includes('sms')) return [{ channel: 'sms', to: phone, text }];
  return settings.secondStep.spokenCode ? [{ channel: 'voice', to: phone, text }] : [];
}

function provedEmail({ email, emailVerified }: Account): string | undefined {
  return emailVerified ? email : undefined;
}

function tellings(
  notice: Notice,
  email: string | undefined,
  phones: readonly string[],
  render: NoticeRenderer,
) {
  const text = phones.length === 0 ? '' : render.phone(notice);
  const byPhone = phones.flatMap((phone) => tellingTo(phone, text, notice.tenant));
  if (email === undefined) return byPhone;
  const mail: Telling = { channel: 'email', to: email, ...render.email(notice) };
  return [...byPhone, mail];
}

/**
 * Sends notices in the background of this process, once each: one that fails, or that a crash cuts off, is logged
 * or lost. Behind `tell` may stand a durable queue: what it is given is plain data.
 */
export function createNotices({
  courier,
  factors,
  accounts,
  render,
  throttle,
  log,
  patience = 12_000,
}: Parts): Notices {
  const underWay = new Set<Promise<void>>();

  const sendAll = async (context: NoticeContext, what: NoticeKind): Promise<void> => {
    const { tenant, accountId, now } = context;
    const [account, methods] = await Promise.all([
      accounts.findById(tenant.id, accountId),
      factors.list(tenant.id, accountId),
    ]);
    if (account === undefined) return;
    const { loginName, locale } = account;
    const phones = methods.filter(({ kind }) => kind === PHONE_KIND).map(phoneIn);
    const notice = { what, tenant, loginName, locale, at: now };
    const all = tellings(notice, context.formerEmail ?? provedEmail(account), phones, render);
    const byPhone = all.some(({ channel }) => channel !== 'email');
    const limited = byPhone && !(await throttle.take(tenant.id, [phoneCounter(accountId)], now)).allowed;
    if (limited) {
      const record = { event: 'notice.limited', tenantId: tenant.id, account: accountId, what };
      log.warn(record, 'a person was told by phone too often today: only by mail now');
    }
    const messages = limited ? all.filter(({ channel }) => channel === 'email') : all;
    await Promise.all(
      messages.map(async (message) => {
        const result = await courier.send({
          tenantId: tenant.id,
          issuer: tenant.issuer,
          locale,
          ...message,
        });
        if (result.ok) return;
        const { channel } = message;
        const record = { event: 'notice.failed', tenantId: tenant.id, account: accountId, what, channel };
        log.warn({ ...record, fault: result.fault }, 'a notice did not leave');
      }),
    );
  };

  return {
    tell(context, what) {
      const record = {
        event: 'notice.failed',
        tenantId: context.tenant.id,
        account: context.accountId,
        what,
      };
      const sending = sendAll(context, what)
        .catch((err: unknown) => log.error({ ...record, err }, 'a notice could not be sent'))
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async [Symbol.asyncDispose]() {
      const over = new AbortController();
      const late = sleep(patience, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([Promise.all(underWay), late]);
      over.abort();
    },
  };
}
