import { randomBytes, randomUUID } from 'node:crypto';
import type { Account, AccountId } from '#src/account/account.ts';
import { comparableEmail } from '#src/account/profile.ts';
import type { Clock } from '#src/clock.ts';
import type { Digester } from '#src/secret/ports.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import { plainCode } from '#src/secret/typed-code.ts';
import type { Tenant, TenantId } from '#src/tenant/tenant.ts';
import type { LinkPurpose, MailLinkStore } from './ports.ts';

/** Bytes of a token that nobody can guess. */
const TOKEN_BYTES = 32;
/** Characters of the mark of an address: 132 bits of its digest. */
const MARK_LENGTH = 22;
/** A token, with the mark behind it where the link is good for one address only. */
const TOKEN = /^[\w-]{43}([\w-]{22})?$/;
/** Crockford's base 32: without I, L, O (read as 1, 1, 0) and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 8;
/** UTF-16 units; what is longer is no code with blanks in it. */
const TYPED_MAX = 100;
/** Milliseconds for which "this was not me" can be said. */
export const REPORT_LIFE = 7 * 24 * 60 * 60_000;

/** Links to a password. */
export type PasswordPurpose = Extract<LinkPurpose, 'reset' | 'invitation'>;

/** A link that was made: what stands in the mail, and nowhere else. */
export interface IssuedLink {
  id: string;
  href: string;
  token: string;
  /** As it is shown: `XXXX-XXXX`. */
  code: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** What a token from a mail says by itself. */
export interface ReadToken {
  /** SHA-256, base64url. */
  tokenHash: string;
  /** Mark of the address that it was mailed to. */
  emailMark: string | undefined;
}

/** What the token of a link says, as it came from a browser; undefined for what can be none. */
export function readToken(token: string): ReadToken | undefined {
  const match = TOKEN.exec(token);
  return match === null ? undefined : { tokenHash: secretHash(token), emailMark: match[1] };
}

/**
 * The code in what was typed, plain as codes are compared; undefined for what can be none. Blanks, dashes and dots
 * don't matter, nor do capitals, full-width signs and look-alikes (O for 0, I and L for 1).
 */
export function readLinkCode(typed: string): string | undefined {
  if (typed.length > TYPED_MAX) return undefined;
  const code = plainCode(typed);
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : undefined;
}

const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');
// 256 is a multiple of 32, so a byte cut to five bits favours none.
const newCode = () => Array.from(randomBytes(CODE_LENGTH), (byte) => ALPHABET[byte & 31]).join('');

interface Parts {
  links: Pick<MailLinkStore, 'issue'>;
  digester: Digester;
  clock: Clock;
}

/**
 * Makes the links that mails carry (R21; ground rule 10). Where they lead follows from the tenant alone, never from a
 * request (ground rule 12). A link to a password is good for the address it is mailed to: its token ends in a keyed mark
 * of that address, and its code is kept bound to it. Throws AppError `store-unavailable`.
 */
export function createMailLinks({ links, digester, clock }: Parts) {
  const digestOf = (what: readonly string[]) => digester.digest('link-code', JSON.stringify(what));
  const addressOf = ({ email }: Pick<Account, 'email'>) => comparableEmail(email ?? '');
  /** The same for every spelling of an address; another one in each account. */
  const emailMark = (tenantId: TenantId, account: Pick<Account, 'id' | 'email'>) =>
    digestOf(['address', tenantId, account.id, addressOf(account)]).slice(0, MARK_LENGTH);
  const codeDigest = (tenantId: TenantId, account: Pick<Account, 'id' | 'email'>, code: string) =>
    digestOf(['code', tenantId, account.id, addressOf(account), code]);
  const hrefOf = ({ issuer }: Tenant, path: string, token: string) => `${issuer}${path}?token=${token}`;

  return {
    emailMark,
    codeDigest,

    /** A link to a password that works for `life` milliseconds; undefined when the account is not there or disabled. */
    async issue(of: {
      tenant: Tenant;
      account: Pick<Account, 'id' | 'email'>;
      purpose: PasswordPurpose;
      life: number;
    }): Promise<IssuedLink | undefined> {
      const { tenant, account, purpose, life } = of;
      const [id, code, createdAt] = [randomUUID(), newCode(), clock.now()];
      const token = `${newToken()}${emailMark(tenant.id, account)}`;
      const expiresAt = createdAt + life;
      const issued = await links.issue(tenant.id, {
        ...{ id, accountId: account.id, purpose, createdAt, expiresAt },
        tokenHash: secretHash(token),
        codeDigest: codeDigest(tenant.id, account, code),
        formerEmail: undefined,
      });
      if (!issued) return undefined;
      const href = hrefOf(tenant, '/recover/link', token);
      return { id, href, token, code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt };
    },

    /**
     * Where a person can say "this was not me". `formerEmail`: the address it is mailed to, when that is the account's no
     * more; it is kept with the link, which may bring it back. Undefined when the account is not there or disabled.
     */
    async reportHref(
      tenant: Tenant,
      accountId: AccountId,
      { formerEmail }: { formerEmail: string | undefined },
    ): Promise<string | undefined> {
      const [token, createdAt] = [newToken(), clock.now()];
      const issued = await links.issue(tenant.id, {
        ...{ id: randomUUID(), accountId, purpose: formerEmail === undefined ? 'report' : 'former-address' },
        formerEmail,
        ...{ createdAt, expiresAt: createdAt + REPORT_LIFE },
        tokenHash: secretHash(token),
        codeDigest: undefined,
      });
      return issued ? hrefOf(tenant, '/not-me', token) : undefined;
    },
  };
}

export type MailLinks = ReturnType<typeof createMailLinks>;
