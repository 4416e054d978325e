import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AT, LIFE, linkBench, type MakeLinkStore, shown } from './mail-link-bench.ts';

const FORMER = 'Oud.Adres@example.nl';
const former = { purpose: 'former-address', formerEmail: FORMER } as const;

/** What every MailLinkStore must do with links from addresses that were replaced. */
export function describeFormerAddresses(makeStore: MakeLinkStore): void {
  test('a link from a former address keeps it as it was, for who finds and who spends it', async (t) => {
    const { issue, find, spend } = await linkBench(makeStore, t);
    const link = await issue(former);
    assert.equal((await find(link))?.formerEmail, FORMER);
    assert.deepEqual(await spend(link), { ...shown(link), spentAt: AT + 1 });
    const bare = await issue({ purpose: 'former-address' });
    assert.equal((await find(bare))?.formerEmail, undefined, 'made before addresses were kept');
  });

  test('when all links end, those of former addresses stay, or those older than one of them', async (t) => {
    const { issue, find, links, tenantId, accountId, colleagueId } = await linkBench(makeStore, t);
    const chain = [
      await issue({ ...former, createdAt: AT }),
      await issue({ ...former, createdAt: AT + 1 }),
      await issue({ ...former, createdAt: AT + 2 }),
    ];
    const theirs = await issue({ ...former, accountId: colleagueId, createdAt: AT + 2 });
    const living = async () => {
      const found = await Promise.all([...chain, theirs].map((link) => find(link, AT + 3)));
      return found.map((link) => link !== undefined);
    };
    const report = await issue({ purpose: 'report' });
    await links.endAll(tenantId, accountId, AT + 3, 'former-addresses');
    assert.equal(await find(report), undefined);
    assert.deepEqual(await living(), [true, true, true, true]);
    await links.endAll(tenantId, accountId, AT + 3, { formerBefore: AT + 1 });
    assert.deepEqual(await living(), [true, false, false, true]);
    await links.endAll(tenantId, accountId, AT + 3, { formerBefore: AT });
    assert.deepEqual(await living(), [false, false, false, true]);
  });

  test('neither a new password nor another address ends the way back of a former one', async (t) => {
    const { issue, find, accounts, tenantId, accountId } = await linkBench(makeStore, t);
    const link = await issue(former);
    const change = { hash: 'h', at: AT, provesEmail: undefined };
    assert.equal(await accounts.changePassword(tenantId, accountId, change), true);
    const { email: expected } = (await accounts.findById(tenantId, accountId)) ?? { email: '' };
    const email = 'nieuw@example.nl';
    assert.equal(await accounts.changeEmail(tenantId, accountId, { email, expected, at: AT }), true);
    assert.equal((await find(link))?.formerEmail, FORMER);
  });

  test('former addresses are told newest first, of one person, with until when each may come back', async (t) => {
    const { issue, links, tenantId, otherTenantId, accountId, colleagueId } = await linkBench(makeStore, t);
    const told = (tenant = tenantId, account = accountId) => links.formerAddresses(tenant, account);
    assert.deepEqual(await told(), []);
    await issue({ purpose: 'report' });
    await issue({ purpose: 'former-address' });
    assert.deepEqual(await told(), [], 'links that keep no address');
    const [older, newer] = ['eerst@example.nl', 'daarna@example.nl'];
    await issue({ ...former, formerEmail: older });
    await issue({ ...former, formerEmail: newer, createdAt: AT + 5 });
    await issue({ ...former, accountId: colleagueId });
    assert.deepEqual(await told(), [
      { email: newer, replacedAt: AT + 5, comesBackUntil: AT + 5 + LIFE },
      { email: older, replacedAt: AT, comesBackUntil: AT + LIFE },
    ]);
    for (const [tenant, account] of [
      [otherTenantId, accountId],
      [tenantId, 'nobody'],
    ])
      assert.deepEqual(await told(tenant, account), []);
  });

  test('a former address is told for as long as it is kept, and no longer', async (t) => {
    const { issue, spend, links, tenantId, accountId } = await linkBench(makeStore, t);
    const told = async () =>
      (await links.formerAddresses(tenantId, accountId)).map(({ replacedAt }) => replacedAt);
    const used = await issue({ ...former, createdAt: AT + 1 });
    await issue({ ...former, createdAt: AT });
    await spend(used, 'browser', AT + 2);
    await links.endAll(tenantId, accountId, AT + 2, { formerBefore: AT + 1 });
    assert.deepEqual(await told(), [AT], 'what was used is wiped');
    await issue({ createdAt: AT + LIFE });
    assert.deepEqual(await told(), [AT], 'too old to come back, and kept');
    await issue({ createdAt: AT + LIFE + 1 });
    assert.deepEqual(await told(), []);
  });

  test('a former address is forgotten once it can be brought back no more', async (t) => {
    const { issue, links, tenantId, newLink } = await linkBench(makeStore, t);
    const old = await issue(former);
    await issue({ createdAt: AT + LIFE });
    await assert.rejects(links.issue(tenantId, newLink({ tokenHash: old.tokenHash })));
    await issue({ createdAt: AT + LIFE + 1 });
    assert.equal(await links.issue(tenantId, newLink({ tokenHash: old.tokenHash })), true);
  });
}
