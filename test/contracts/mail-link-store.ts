import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { AT, LIFE, linkBench, type MakeLinkStore, shown } from './mail-link-bench.ts';
import { describeLinkCodes } from './mail-link-codes.ts';
import { describeFormerAddresses } from './mail-link-former.ts';

const DAY = 86_400_000;

function describeIssuing(makeStore: MakeLinkStore): void {
  test('a link is found by its hash until it is too old, and looking spends nothing', async (t) => {
    const { issue, find, links, tenantId } = await linkBench(makeStore, t);
    const link = await issue();
    for (let count = 0; count < 3; count += 1) assert.deepEqual(await find(link), shown(link));
    assert.deepEqual(await find(link, AT + LIFE - 1), shown(link));
    assert.equal(await find(link, AT + LIFE), undefined);
    assert.equal(await links.find(tenantId, 'hash', AT), undefined);
    assert.equal(await links.find(tenantId, 'hash\0', AT), undefined);
  });

  for (const purpose of ['reset', 'invitation'] as const) {
    test(`of ${purpose} links the newest alone works, also of 50 made at once`, async (t) => {
      const { issue, find, newLink, links, tenantId, colleagueId } = await linkBench(makeStore, t);
      const others = [
        await issue({ purpose: purpose === 'reset' ? 'invitation' : 'reset' }),
        await issue({ purpose, accountId: colleagueId }),
      ];
      const made = Array.from({ length: 50 }, () => newLink({ purpose }));
      const kept = await Promise.all(made.map((link) => links.issue(tenantId, link)));
      assert.deepEqual(new Set(kept), new Set([true]));
      const found = await Promise.all(made.map((link) => find(link)));
      assert.equal(found.filter((link) => link !== undefined).length, 1);
      const last = await issue({ purpose });
      assert.deepEqual(await find(last), shown(last));
      const dead = await Promise.all(made.map((link) => find(link)));
      assert.ok(dead.every((link) => link === undefined));
      for (const other of others) assert.deepEqual(await find(other), shown(other));
    });
  }

  test('every link to say that something was not you works beside the others', async (t) => {
    const { issue, find } = await linkBench(makeStore, t);
    const made = [];
    for (const purpose of ['report', 'report', 'former-address', 'former-address', 'reset'] as const) {
      made.push(await issue({ purpose }));
    }
    for (const link of made) assert.deepEqual(await find(link), shown(link));
  });

  test('nothing is made for nobody, somebody disabled or another tenant’s person', async (t) => {
    const { newLink, links, accounts, tenantId, otherTenantId, accountId } = await linkBench(makeStore, t);
    for (const id of [randomUUID(), "' or true --"]) {
      assert.equal(await links.issue(tenantId, newLink({ accountId: id })), false);
    }
    assert.equal(await links.issue(otherTenantId, newLink()), false);
    await accounts.setDisabled(tenantId, accountId, AT);
    assert.equal(await links.issue(tenantId, newLink()), false);
    await accounts.setDisabled(tenantId, accountId, undefined);
    await accounts.setSuspended(tenantId, accountId, { by: 'person', at: AT });
    assert.equal(await links.issue(tenantId, newLink()), true, 'a recovery is the way out');
  });

  test('a link that ended a month ago is forgotten, but not an invitation', async (t) => {
    const { issue, links, tenantId, accountId, newLink } = await linkBench(makeStore, t);
    const [old, invitation] = [await issue({ purpose: 'report' }), await issue({ purpose: 'invitation' })];
    await issue({ createdAt: AT + LIFE + 30 * DAY });
    // A hash is kept once: it is free again when its link is gone.
    await assert.rejects(links.issue(tenantId, newLink({ tokenHash: old.tokenHash })));
    await issue({ createdAt: AT + LIFE + 30 * DAY + 1 });
    assert.equal(await links.issue(tenantId, newLink({ tokenHash: old.tokenHash })), true);
    assert.equal((await links.invitation(tenantId, accountId, AT))?.link.id, invitation.id);
  });
}

function describeSpending(makeStore: MakeLinkStore): void {
  test('of 50 browsers at once one gets a link, and that one again', async (t) => {
    const { issue, find, spend } = await linkBench(makeStore, t);
    const link = await issue();
    const got = await Promise.all(Array.from({ length: 50 }, (_, nth) => spend(link, `browser ${nth}`)));
    const first = got.findIndex((answer) => answer !== undefined);
    const spent = { ...shown(link), spentAt: AT + 1 };
    assert.deepEqual(
      got.filter((answer) => answer !== undefined),
      [spent],
    );
    assert.equal(await find(link), undefined);
    assert.deepEqual(await spend(link, `browser ${first}`, AT + LIFE - 1), spent);
    assert.equal(await spend(link, 'another', AT + 2), undefined);
    assert.equal(await spend(link, `browser ${first}`, AT + LIFE), undefined, 'too old');
  });

  test('a link that ended is spent by nobody, not even by who had it', async (t) => {
    const { issue, spend, find, links, tenantId, accountId } = await linkBench(makeStore, t);
    const [had, report] = [await issue(), await issue({ purpose: 'report' })];
    assert.ok(await spend(had));
    const next = await issue();
    assert.equal(await spend(had), undefined);
    assert.ok(await spend(next));
    await links.endAll(tenantId, accountId, AT + 2, 'former-addresses');
    for (const link of [next, report]) {
      assert.equal(await spend(link), undefined);
      assert.equal(await find(link), undefined);
    }
  });

  test('a link of somebody who was disabled since does nothing', async (t) => {
    const { issue, spend, find, accounts, tenantId, accountId } = await linkBench(makeStore, t);
    const link = await issue({ purpose: 'report' });
    await accounts.setDisabled(tenantId, accountId, AT);
    assert.deepEqual([await find(link), await spend(link)], [undefined, undefined]);
  });

  test('after a report from a former address no link makes a password, and reports still work', async (t) => {
    const { issue, spend, find, accounts, tenantId, accountId } = await linkBench(makeStore, t);
    const made = [await issue(), await issue({ purpose: 'invitation' })];
    const reports = [await issue({ purpose: 'report' }), await issue({ purpose: 'former-address' })];
    await accounts.setSuspended(tenantId, accountId, { by: 'person', at: AT });
    for (const link of made) assert.deepEqual(await find(link), shown(link));
    await accounts.setSuspended(tenantId, accountId, { by: 'former-address', at: AT });
    for (const link of made) assert.deepEqual([await find(link), await spend(link)], [undefined, undefined]);
    for (const link of reports) assert.ok(await spend(link));
  });

  test('in another tenant nothing is found, opened, spent or ended', async (t) => {
    const { issue, find, links, otherTenantId, accountId } = await linkBench(makeStore, t);
    const link = await issue({ purpose: 'invitation' });
    assert.equal(await links.find(otherTenantId, link.tokenHash, AT), undefined);
    assert.equal(await links.spend(otherTenantId, link.tokenHash, 'browser', AT), undefined);
    await links.opened(otherTenantId, link.id, AT);
    await links.endAll(otherTenantId, accountId, AT, { formerBefore: AT });
    assert.equal(await links.invitation(otherTenantId, accountId, AT), undefined);
    assert.deepEqual(await find(link), shown(link));
  });

  test('a malformed id, hash or browser is nobody’s', async (t) => {
    const { links, tenantId, issue, spend } = await linkBench(makeStore, t);
    await links.opened(tenantId, "' or true --", AT);
    await links.endAll(tenantId, "' or true --", AT, 'former-addresses');
    assert.equal(await links.spend(tenantId, '\0', 'browser', AT), undefined);
    assert.equal(await links.invitation(tenantId, "' or true --", AT), undefined);
    assert.equal(await spend(await issue(), '\0'), undefined);
  });
}

function describeInvitations(makeStore: MakeLinkStore): void {
  test('an invitation is sent, opened, and active once a password was made', async (t) => {
    const { issue, spend, links, accounts, tenantId, accountId } = await linkBench(makeStore, t);
    const status = async (at = AT) => (await links.invitation(tenantId, accountId, at))?.status;
    assert.equal(await status(), undefined);
    const link = await issue({ purpose: 'invitation' });
    assert.equal(await status(), 'sent');
    await links.opened(tenantId, link.id, AT + 1);
    await links.opened(tenantId, link.id, AT + 2);
    const seen = await links.invitation(tenantId, accountId, AT);
    assert.deepEqual(seen, { status: 'opened', link: { ...shown(link), openedAt: AT + 1 } });
    assert.ok(await spend(link));
    assert.equal(await status(), 'opened', 'the button alone makes no password');
    await accounts.changePassword(tenantId, accountId, { hash: 'h', at: AT + 3, provesEmail: undefined });
    assert.equal(await status(AT + LIFE), 'active');
  });

  test('the last invitation counts: too old, ended, or sent anew', async (t) => {
    const { issue, links, tenantId, accountId } = await linkBench(makeStore, t);
    const status = async (at: number) => (await links.invitation(tenantId, accountId, at))?.status;
    const first = await issue({ purpose: 'invitation' });
    await links.opened(tenantId, first.id, AT);
    assert.deepEqual([await status(AT + LIFE - 1), await status(AT + LIFE)], ['opened', 'expired']);
    const second = await issue({ purpose: 'invitation', createdAt: AT + 5 });
    assert.equal((await links.invitation(tenantId, accountId, AT))?.link.id, second.id);
    assert.equal(await status(AT), 'sent');
    await links.endAll(tenantId, accountId, AT + 6, 'former-addresses');
    assert.equal(await status(AT + 6), 'expired');
  });

  test('a password of before an invitation makes it not active', async (t) => {
    const { issue, links, accounts, tenantId, accountId } = await linkBench(makeStore, t);
    await accounts.changePassword(tenantId, accountId, { hash: 'h', at: AT - 1, provesEmail: undefined });
    await issue({ purpose: 'invitation' });
    assert.equal((await links.invitation(tenantId, accountId, AT))?.status, 'sent');
  });
}

/** What every MailLinkStore must do. */
export function describeMailLinkStoreContract(name: string, makeStore: MakeLinkStore): void {
  describe(`MailLinkStore on ${name}`, () => {
    describeIssuing(makeStore);
    describeSpending(makeStore);
    describeLinkCodes(makeStore);
    describeInvitations(makeStore);
    describeFormerAddresses(makeStore);
  });
}
