import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { AccountId } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { MailLinkStore, NewMailLink } from '#src/recovery/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A MailLinkStore, and two people who were never mailed. */
export interface MailLinkStoreSetting {
  links: MailLinkStore;
  accounts: AccountStore;
  tenantId: TenantId;
  accountId: AccountId;
  colleagueId: AccountId;
  otherTenantId: TenantId;
}

export type MakeLinkStore = (t: TestContext) => Promise<MailLinkStoreSetting>;

export const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
export const LIFE = 1_800_000;

/** A setting with a short way to make links. */
export async function linkBench(makeStore: MakeLinkStore, t: TestContext) {
  const setting = await makeStore(t);
  const { links, tenantId, accountId } = setting;
  const newLink = (with_: Partial<NewMailLink> = {}): NewMailLink => ({
    id: randomUUID(),
    accountId,
    purpose: 'reset',
    createdAt: AT,
    expiresAt: (with_.createdAt ?? AT) + LIFE,
    tokenHash: `hash ${randomUUID()}`,
    codeDigest: undefined,
    formerEmail: undefined,
    ...with_,
  });
  return {
    ...setting,
    newLink,
    issue: async (with_: Partial<NewMailLink> = {}) => {
      const link = newLink(with_);
      assert.equal(await links.issue(tenantId, link), true);
      return link;
    },
    find: (link: NewMailLink, at = AT) => links.find(tenantId, link.tokenHash, at),
    spend: (link: NewMailLink, by = 'browser', at = AT + 1) => links.spend(tenantId, link.tokenHash, by, at),
  };
}

/** How a link that nobody touched is shown. */
export function shown({ tokenHash: _, codeDigest: __, ...link }: NewMailLink) {
  return { ...link, openedAt: undefined, spentAt: undefined };
}
