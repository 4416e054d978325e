import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { LINK_CODE_TRIES, type NewMailLink } from '#src/recovery/ports.ts';
import { AT, LIFE, linkBench, type MakeLinkStore, shown } from './mail-link-bench.ts';

type Bench = Awaited<ReturnType<typeof linkBench>>;

/** Types one code for each of these links' people. */
function type(bench: Bench, links: readonly NewMailLink[], code: string, by = 'browser', at = AT + 1) {
  const given = links.map(({ accountId }) => ({ accountId, codeDigest: `${accountId} ${code}` }));
  return bench.links.spendByCode(bench.tenantId, given, by, at);
}

/** A link of a person with a code beside it. */
function withCode(bench: Bench, accountId: string, code: string, with_: Partial<NewMailLink> = {}) {
  return bench.issue({ accountId, codeDigest: `${accountId} ${code}`, ...with_ });
}

function describeRightCodes(makeStore: MakeLinkStore): void {
  test('a code spends the link of the one person whose it is', async (t) => {
    const bench = await linkBench(makeStore, t);
    const [mine, theirs] = [
      await withCode(bench, bench.accountId, 'one'),
      await withCode(bench, bench.colleagueId, 'two', { purpose: 'invitation' }),
    ];
    const found = await type(bench, [mine, theirs], 'two');
    assert.deepEqual(found, { ...shown(theirs), spentAt: AT + 1 });
    assert.deepEqual(await bench.find(mine), shown(mine));
    assert.equal(await bench.spend(theirs, 'another'), undefined, 'the link is spent with its code');
    assert.deepEqual((await type(bench, [mine, theirs], 'two', 'browser', AT + 2))?.spentAt, AT + 1, 'again');
    assert.equal(await type(bench, [mine, theirs], 'two', 'another'), undefined);
  });

  test('of 50 browsers at once that type a right code one gets the link', async (t) => {
    const bench = await linkBench(makeStore, t);
    const link = await withCode(bench, bench.accountId, 'right');
    const got = await Promise.all(
      Array.from({ length: 50 }, (_, nth) => type(bench, [link], 'right', `b${nth}`)),
    );
    assert.equal(got.filter((answer) => answer !== undefined).length, 1);
  });

  test('link and code of one mail are spent once, whichever comes first', async (t) => {
    const bench = await linkBench(makeStore, t);
    for (let round = 0; round < 5; round += 1) {
      const link = await withCode(bench, bench.accountId, 'right');
      const got = await Promise.all([type(bench, [link], 'right', 'one'), bench.spend(link, 'two')]);
      assert.equal(got.filter((answer) => answer !== undefined).length, 1);
    }
  });

  test('a code works as long as its link, and no longer', async (t) => {
    const bench = await linkBench(makeStore, t);
    const old = await withCode(bench, bench.accountId, 'right');
    assert.equal(await type(bench, [old], 'right', 'browser', AT + LIFE), undefined);
    const next = await withCode(bench, bench.accountId, 'newer');
    assert.equal(await type(bench, [old], 'right'), undefined, 'a newer one ended it');
    await bench.accounts.setDisabled(bench.tenantId, bench.accountId, AT);
    assert.equal(await type(bench, [next], 'newer'), undefined);
    await bench.accounts.setDisabled(bench.tenantId, bench.accountId, undefined);
    assert.ok(await type(bench, [next], 'newer'));
    const report = await withCode(bench, bench.accountId, 'report', { purpose: 'report' });
    assert.equal(await type(bench, [report], 'report'), undefined, 'a report has no code');
  });
}

function describeWrongCodes(makeStore: MakeLinkStore): void {
  test('the fifth wrong code ends the code, never the link', async (t) => {
    const bench = await linkBench(makeStore, t);
    const link = await withCode(bench, bench.accountId, 'right');
    for (let count = 0; count < LINK_CODE_TRIES - 1; count += 1) {
      assert.equal(await type(bench, [link], 'wrong'), undefined);
    }
    const spared = await withCode(bench, bench.colleagueId, 'right');
    assert.equal(await type(bench, [link, spared], 'wrong'), undefined);
    assert.equal(await type(bench, [link], 'right'), undefined);
    assert.deepEqual(await bench.find(link), shown(link));
    assert.ok(await bench.spend(link));
    assert.ok(await type(bench, [spared], 'right'), 'each link has its own tries');
  });

  test('four wrong codes leave the fifth try', async (t) => {
    const bench = await linkBench(makeStore, t);
    const link = await withCode(bench, bench.accountId, 'right');
    await Promise.all(Array.from({ length: LINK_CODE_TRIES - 1 }, () => type(bench, [link], 'wrong')));
    assert.ok(await type(bench, [link], 'right'));
  });

  test('of 50 codes at once five are compared', async (t) => {
    const bench = await linkBench(makeStore, t);
    const link = await withCode(bench, bench.accountId, 'right');
    // The same browser is given its link again, so each one that was compared gets it.
    const got = await Promise.all(Array.from({ length: 50 }, () => type(bench, [link], 'right')));
    assert.equal(got.filter((answer) => answer !== undefined).length, LINK_CODE_TRIES);
  });

  test('a new link begins with all its tries', async (t) => {
    const bench = await linkBench(makeStore, t);
    const first = await withCode(bench, bench.accountId, 'right');
    for (let count = 0; count < LINK_CODE_TRIES; count += 1) await type(bench, [first], 'wrong');
    const next = await withCode(bench, bench.accountId, 'right');
    assert.equal((await type(bench, [next], 'right'))?.id, next.id);
  });

  test('for nobody, another tenant’s person or a link without a code nothing is spent', async (t) => {
    const bench = await linkBench(makeStore, t);
    const { links, tenantId, otherTenantId, accountId } = bench;
    const link = await withCode(bench, accountId, 'right');
    const given = [{ accountId, codeDigest: `${accountId} right` }];
    assert.equal(await links.spendByCode(tenantId, [], 'browser', AT), undefined);
    for (const id of [randomUUID(), "' or true --"]) {
      const nobody = [{ accountId: id, codeDigest: `${accountId} right` }];
      assert.equal(await links.spendByCode(tenantId, nobody, 'browser', AT), undefined);
    }
    assert.equal(await links.spendByCode(otherTenantId, given, 'browser', AT), undefined);
    assert.deepEqual(await bench.find(link), shown(link));
    const bare = await bench.issue({ accountId: bench.colleagueId });
    assert.equal(await type(bench, [bare], 'right'), undefined);
    assert.equal(await type(bench, [link], 'right', '\0'), undefined, 'a malformed browser');
  });
}

/** What every MailLinkStore must do with the codes beside links. */
export function describeLinkCodes(makeStore: MakeLinkStore): void {
  describeRightCodes(makeStore);
  describeWrongCodes(makeStore);
}
