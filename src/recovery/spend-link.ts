import { randomBytes } from 'node:crypto';
import type { Account } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { asksQuestion } from '#src/enrolment/security-question.ts';
import type { RecoveryEvents } from '#src/events.ts';
import { addressKey, linkCodeCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import { type MailLinks, readLinkCode, readToken } from './mail-links.ts';
import type { MailLink, MailLinkStore } from './ports.ts';
import type { LinkLanding, RecoveryTurn, SpendOutcome } from './recovery.ts';
import { next, type Proved, type RecoveryProblem, startRecovery } from './recovery-flow.ts';
import { type KeptRecovery, RECOVERY_TTL, type RecoveryKeeper } from './recovery-keeper.ts';
import { countedName, MOST_ACCOUNTS, namesIn, readName } from './recovery-request.ts';
import { seenOf } from './standing.ts';

export interface SpendParts {
  links: Pick<MailLinkStore, 'find' | 'opened' | 'spend' | 'spendByCode'>;
  mailLinks: Pick<MailLinks, 'emailMark' | 'codeDigest'>;
  accounts: Pick<AccountStore, 'findById' | 'findForRecovery'>;
  enrolments: Pick<EnrolmentStore, 'findQuestion'>;
  keeper: RecoveryKeeper;
  openTry: TryLimiter;
  digester: Digester;
  events: Pick<RecoveryEvents, 'linkUsed'>;
  clock: Clock;
}

/** How a link was spent: by its token, which names an address, or by its code, which is bound to one. */
interface Spending {
  by: string;
  token?: { tokenHash: string; emailMark: string | undefined } | undefined;
}

const FLOW_ID_BYTES = 32;

/** Made before the password was changed, or somebody said "this was not me": then it is no way in any more. */
function isOutdated({ createdAt }: MailLink, { passwordChangedAt = 0, suspendedAt = 0 }: Account): boolean {
  return createdAt < Math.max(passwordChangedAt, suspendedAt);
}

/**
 * Whose browser it is to the link: its own secret's digest; after a first press, the one of that press, so that the
 * button can be pressed again by who pressed it.
 */
function spender(at: RecoveryTurn, { flow }: KeptRecovery): string {
  return 'by' in flow ? flow.by : secretHash(at.flowId);
}

/** Spending what was mailed (R21): a link by its button, or the code beside it, leads to the question or the password. */
export function createSpendLink(parts: SpendParts) {
  const { links, mailLinks, accounts, enrolments, keeper, digester, events, clock } = parts;

  /** What a spent link proved; undefined when it is good for nothing any more. */
  const prove = async (
    { tenantId }: RecoveryTurn,
    link: MailLink | undefined,
    { by, token }: Spending,
  ): Promise<Proved | undefined> => {
    if (link === undefined || (link.purpose !== 'reset' && link.purpose !== 'invitation')) return undefined;
    const account = await accounts.findById(tenantId, link.accountId);
    if (account === undefined || account.disabledAt !== undefined) return undefined;
    if (isOutdated(link, account)) return undefined;
    const emailMark = mailLinks.emailMark(tenantId, account);
    // Whoever has a former mailbox has no way in by it.
    if (token !== undefined && token.emailMark !== emailMark) return undefined;
    const { id: accountId, loginName } = account;
    const { id: linkId, purpose } = link;
    const tokenHash = token?.tokenHash;
    const until = clock.now() + RECOVERY_TTL * 1000;
    return { accountId, loginName, linkId, purpose, by, tokenHash, emailMark, until, seen: seenOf(account) };
  };

  const questionOf = async ({ tenant }: RecoveryTurn, proved: Proved): Promise<string | undefined> => {
    const asks = asksQuestion(tenant) && proved.purpose === 'reset';
    return asks ? (await enrolments.findQuestion(tenant.id, proved.accountId))?.text : undefined;
  };

  /** Goes on under a new secret: who planted the old one in this browser has nothing of it. */
  const begin = async (at: RecoveryTurn, kept: KeptRecovery, proved: Proved): Promise<SpendOutcome> => {
    const question = await questionOf(at, proved);
    const flow = next(startRecovery(), { kind: 'spent', proved, question }) ?? startRecovery();
    const flowId = randomBytes(FLOW_ID_BYTES).toString('base64url');
    await keeper.save({ tenantId: at.tenantId, flowId }, flow, 0);
    if (!('by' in kept.flow)) await keeper.remove(at);
    return { kind: 'spent', flow, flowId };
  };

  const spendToken = async (at: RecoveryTurn, kept: KeptRecovery, token: string) => {
    const read = readToken(token);
    if (read === undefined) return undefined;
    const now = clock.now();
    const found = await links.find(at.tenantId, read.tokenHash, now);
    // A link for something else is left as it is.
    if (found !== undefined && found.purpose !== 'reset' && found.purpose !== 'invitation') return undefined;
    const by = spender(at, kept);
    return prove(at, await links.spend(at.tenantId, read.tokenHash, by, now), { by, token: read });
  };

  /** One try, counted by the name that was typed, and judged by the same work whether or not anybody has it. */
  const tryCode = async (
    at: RecoveryTurn,
    kept: KeptRecovery,
    { name, code }: Record<'name' | 'code', string>,
  ) => {
    const nameDigest = digester.digest('recovery-name', countedName(name));
    const address = digester.digest('address', addressKey(at.address));
    const opening = await parts.openTry(at.tenantId, linkCodeCounters({ nameDigest, address }));
    if (!opening.allowed) return opening;
    const { ticket } = opening;
    const by = spender(at, kept);
    const judge = async () => {
      const found = await accounts.findForRecovery(at.tenantId, namesIn(name, 'password'), MOST_ACCOUNTS);
      const given = found.map((account) => ({
        accountId: account.id,
        codeDigest: mailLinks.codeDigest(at.tenantId, account, code),
      }));
      return prove(at, await links.spendByCode(at.tenantId, given, by, clock.now()), { by });
    };
    const proved = await judge().catch(async (failure: unknown) => {
      await ticket.withdrawn();
      throw failure;
    });
    await (proved === undefined ? ticket.failed() : ticket.succeeded());
    return { allowed: true, proved } as const;
  };

  return {
    async landing(at: RecoveryTurn, token: string): Promise<LinkLanding> {
      const read = readToken(token);
      if (read === undefined) return undefined;
      const link = await links.find(at.tenantId, read.tokenHash, clock.now());
      if (link !== undefined) {
        const { id, purpose, openedAt } = link;
        if (openedAt === undefined) await links.opened(at.tenantId, id, clock.now());
        return { purpose };
      }
      // Spent in this browser: its button can be pressed again.
      const { flow } = await keeper.load(at);
      return 'by' in flow && flow.tokenHash === read.tokenHash ? { purpose: flow.purpose } : undefined;
    },

    async spendLink(at: RecoveryTurn, token: string): Promise<SpendOutcome> {
      const kept = await keeper.load(at);
      const proved = await spendToken(at, kept, token);
      const [outcome, reason] = proved ? (['success', 'spent'] as const) : (['failure', 'dead'] as const);
      events.linkUsed(at, { outcome, reason, account: proved?.accountId, by: 'link' });
      return proved ? begin(at, kept, proved) : { kind: 'dead' };
    },

    async spendCode(
      at: RecoveryTurn,
      of: { typed: string | undefined; code: string },
    ): Promise<SpendOutcome> {
      const kept = await keeper.load(at);
      const refuse = async (problem: RecoveryProblem): Promise<SpendOutcome> => {
        await keeper.advance(at, kept, { kind: 'code-refused', typed: of.typed, problem });
        return problem;
      };
      const { flow } = kept;
      const asked = flow.step === 'sent' && flow.lost === 'password' ? flow.typed : '';
      const name = of.typed === undefined ? asked : readName(of.typed);
      if (name === '' || of.code.trim() === '') return refuse({ kind: 'empty' });
      const code = readLinkCode(of.code);
      if (code === undefined) return refuse({ kind: 'malformed' });
      const tried = await tryCode(at, kept, { name, code });
      const proved = tried.allowed ? tried.proved : undefined;
      const reason = proved ? 'spent' : tried.allowed ? 'wrong' : 'wait';
      const outcome = proved ? 'success' : 'failure';
      events.linkUsed(at, { outcome, reason, account: proved?.accountId, by: 'code' });
      if (proved) return begin(at, kept, proved);
      return refuse(tried.allowed ? { kind: 'wrong' } : { kind: 'wait', until: tried.until });
    },
  };
}
