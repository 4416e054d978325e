import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { STRANGERS } from '#src/lockout/ports.ts';
import { createAccount, newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { someoneWaits } from './row-waits.ts';
import { createSetting } from './store-contracts.ts';

const AT = Date.UTC(2026, 0, 15, 9);

type Setting = Awaited<ReturnType<typeof createSetting>>;

/** What must not slip through while an account is being closed. */
const late: Record<string, (setting: Setting, accountId: string) => Promise<unknown>> = {
  'a sign-in': ({ lanes, tenantId }, accountId) =>
    lanes.signedIn(tenantId, accountId, { lane: STRANGERS, browser: 'laptop', at: AT }),
  'a link': ({ links, tenantId }, accountId) => {
    const times = { createdAt: AT, expiresAt: AT + 60_000 };
    const link = {
      id: randomUUID(),
      accountId,
      tokenHash: 'hash',
      codeDigest: undefined,
      formerEmail: undefined,
    };
    return links.issue(tenantId, { ...link, ...times, purpose: 'reset' });
  },
  'a new password': ({ accounts, tenantId }, accountId) =>
    accounts.changePassword(tenantId, accountId, { hash: 'new', at: AT, provesEmail: undefined }),
};

const refused = { 'a sign-in': { kind: 'blocked' }, 'a link': false, 'a new password': false };

describe('while an account is being disabled', () => {
  for (const [name, run] of Object.entries(late)) {
    test(`${name} waits for the end of it, and is refused`, async (t) => {
      const { application, owner } = await createTestDatabase(t);
      const setting = await createSetting(application);
      const { accounts, lanes, tenantId } = setting;
      const { id: accountId } = await createAccount(accounts, newAccount(tenantId, 'werkgever'));
      const closing = await application.forTenant(tenantId).startTransaction().execute();
      const disabled = { disabled_at: new Date(AT) };
      await closing.updateTable('account').set(disabled).where('id', '=', accountId).execute();
      const waiting = { is: true };
      const answer = run(setting, accountId).finally(() => {
        waiting.is = false;
      });
      while (waiting.is && !(await someoneWaits(owner.db)));
      const waited = waiting.is;
      await closing.commit().execute();
      assert.deepEqual(
        [await answer, waited],
        [Object.entries(refused).find(([of]) => of === name)?.[1], true],
      );
      assert.deepEqual(await lanes.list(tenantId, accountId), []);
    });
  }
});
