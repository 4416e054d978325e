import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { MustKeep, NewFactor } from '#src/sign-in/ports.ts';
import type { FactorStoreSetting } from './factor-store.ts';

type MakeStore = (t: TestContext) => Promise<FactorStoreSetting>;
type Kind = 'totp' | 'sms' | 'webauthn';

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const ANY: MustKeep = [['totp', 'sms', 'webauthn']];

/** A person with these methods, the first one added first; nobody else has any. */
async function personWith(makeStore: MakeStore, t: TestContext, kinds: readonly Kind[]) {
  const setting = await makeStore(t);
  const { factors, tenantId, accountId } = setting;
  const make = (kind: Kind, changes: Partial<NewFactor> = {}): NewFactor => ({
    ...{ id: randomUUID(), tenantId, accountId, kind, label: '', data: '{}', lastCounter: undefined },
    identity: kind === 'totp' ? undefined : randomUUID(),
    ...changes,
  });
  const owned = kinds.map((kind) => make(kind));
  for (const [index, factor] of owned.entries()) {
    const added = await (index === 0 ? factors.addFirst(factor, AT) : factors.add(factor, AT + index));
    assert.ok(added);
  }
  const [first = make('totp'), second = make('totp'), third = make('totp')] = owned;
  const list = () => factors.list(tenantId, accountId);
  const ids = async () => (await list()).map(({ id }) => id);
  /** People and places that are not theirs, and ids that are none. */
  const strangers = [
    [tenantId, setting.colleagueId, first.id],
    [setting.otherTenantId, accountId, first.id],
    [tenantId, accountId, randomUUID()],
    [tenantId, accountId, "' or true --"],
    [tenantId, 'nobody\0', first.id],
  ] as const;
  return { ...setting, make, owned, first, second, third, list, ids, strangers };
}

function describeNames(makeStore: MakeStore): void {
  test('a factor gets another name, and nothing else of it changes', async (t) => {
    const { factors, tenantId, accountId, first, second, list } = await personWith(makeStore, t, [
      'totp',
      'sms',
    ]);
    const before = await list();
    assert.equal(await factors.rename(tenantId, accountId, first.id, 'Mijn “telefoon” 📱'), true);
    assert.deepEqual(
      await list(),
      before.map((factor) => (factor.id === first.id ? { ...factor, label: 'Mijn “telefoon” 📱' } : factor)),
    );
    assert.equal(await factors.rename(tenantId, accountId, second.id, ''), true, 'no name is one as well');
    assert.equal(await factors.rename(tenantId, accountId, first.id, 'a\0b'), false, 'no text for a store');
  });

  test('nobody renames what is not theirs', async (t) => {
    const { factors, strangers, list } = await personWith(makeStore, t, ['totp']);
    const before = await list();
    for (const [tenantId, accountId, id] of strangers) {
      assert.equal(await factors.rename(tenantId, accountId, id, 'van mij'), false);
    }
    assert.deepEqual(await list(), before);
  });
}

function describeOrder(makeStore: MakeStore): void {
  test('the preferred factor comes first, whichever was used last; the others as before', async (t) => {
    const { factors, tenantId, accountId, first, second, third, ids, list } = await personWith(makeStore, t, [
      'totp',
      'sms',
      'webauthn',
    ]);
    assert.deepEqual(await ids(), [third.id, second.id, first.id]);
    assert.equal(await factors.prefer(tenantId, accountId, first.id, AT + 10), true);
    assert.deepEqual(await ids(), [first.id, third.id, second.id]);
    await factors.use(tenantId, second.id, {}, AT + 20);
    assert.deepEqual(await ids(), [first.id, second.id, third.id]);
    assert.deepEqual(
      (await list()).map(({ preferredAt }) => preferredAt),
      [AT + 10, undefined, undefined],
    );
  });

  test('one factor is preferred at most: of many wishes at once one stands', async (t) => {
    const { factors, tenantId, accountId, owned, list } = await personWith(makeStore, t, [
      'totp',
      'sms',
      'webauthn',
    ]);
    await Promise.all(
      [...owned, ...owned, ...owned].map(({ id }, index) =>
        factors.prefer(tenantId, accountId, id, AT + index),
      ),
    );
    assert.equal((await list()).filter(({ preferredAt }) => preferredAt !== undefined).length, 1);
  });

  test('without a preferred factor the last used one is first again', async (t) => {
    const { factors, tenantId, accountId, first, second, ids } = await personWith(makeStore, t, [
      'totp',
      'sms',
    ]);
    await factors.prefer(tenantId, accountId, first.id, AT);
    assert.equal(await factors.prefer(tenantId, accountId, undefined, AT + 1), true);
    assert.deepEqual(await ids(), [second.id, first.id]);
  });

  test('a wish for what is not theirs leaves the order as it is', async (t) => {
    const { factors, tenantId, accountId, colleagueId, first, second, strangers, ids, list } =
      await personWith(makeStore, t, ['totp', 'sms']);
    await factors.prefer(tenantId, accountId, first.id, AT);
    for (const [tenant, account, id] of strangers) {
      assert.equal(await factors.prefer(tenant, account, id, AT + 1), false);
    }
    await factors.prefer(tenantId, colleagueId, undefined, AT + 1);
    assert.deepEqual(await ids(), [first.id, second.id]);
    assert.equal((await list())[0]?.preferredAt, AT);
  });
}

function describeRemoving(makeStore: MakeStore): void {
  test('a factor is removed once, and another one stays', async (t) => {
    const { factors, tenantId, accountId, first, second, ids } = await personWith(makeStore, t, [
      'totp',
      'sms',
    ]);
    assert.equal(await factors.remove(tenantId, accountId, first.id, ANY), 'removed');
    assert.deepEqual(await ids(), [second.id]);
    assert.equal(await factors.remove(tenantId, accountId, first.id, ANY), 'gone');
    assert.equal(await factors.remove(tenantId, accountId, second.id, ANY), 'last');
    assert.equal(
      await factors.remove(tenantId, accountId, second.id, []),
      'last',
      'one stays, whatever is asked',
    );
    assert.deepEqual(await ids(), [second.id]);
  });

  test('of every list of kinds that must be left one is left', async (t) => {
    const { factors, tenantId, accountId, first, second, third, ids } = await personWith(makeStore, t, [
      'totp',
      'sms',
      'webauthn',
    ]);
    const keep: MustKeep = [['totp', 'webauthn'], ['totp']];
    assert.equal(await factors.remove(tenantId, accountId, first.id, keep), 'last');
    assert.equal(await factors.remove(tenantId, accountId, second.id, keep), 'removed');
    assert.equal(await factors.remove(tenantId, accountId, third.id, keep), 'removed');
    assert.equal(await factors.remove(tenantId, accountId, first.id, [['sms']]), 'last');
    assert.deepEqual(await ids(), [first.id]);
  });

  test('of two removals at once of the last two exactly one is refused, every time', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const { factors, tenantId, accountId, owned, ids } = await personWith(makeStore, t, ['totp', 'sms']);
      const answers = await Promise.all(owned.map(({ id }) => factors.remove(tenantId, accountId, id, ANY)));
      assert.deepEqual(answers.toSorted(), ['last', 'removed']);
      assert.equal((await ids()).length, 1);
    }
  });

  test('of ten removals at once of all ten one is refused', async (t) => {
    const kinds = Array.from({ length: 10 }, (_, index) => (index < 5 ? 'totp' : 'webauthn'));
    const { factors, tenantId, accountId, owned, ids } = await personWith(makeStore, t, kinds);
    const answers = await Promise.all(owned.map(({ id }) => factors.remove(tenantId, accountId, id, ANY)));
    assert.equal(answers.filter((answer) => answer === 'removed').length, 9);
    assert.equal(answers.filter((answer) => answer === 'last').length, 1);
    assert.equal((await ids()).length, 1);
  });

  test('of ten removals at once of one factor one removes it', async (t) => {
    const { factors, tenantId, accountId, first } = await personWith(makeStore, t, ['totp', 'sms']);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => factors.remove(tenantId, accountId, first.id, ANY)),
    );
    assert.equal(answers.filter((answer) => answer === 'removed').length, 1);
    assert.equal(answers.filter((answer) => answer === 'gone').length, 9);
  });

  test('nobody removes what is not theirs', async (t) => {
    const { factors, strangers, ids, first, second } = await personWith(makeStore, t, ['totp', 'sms']);
    for (const [tenantId, accountId, id] of strangers) {
      assert.equal(await factors.remove(tenantId, accountId, id, ANY), 'gone');
    }
    assert.deepEqual(await ids(), [second.id, first.id]);
  });
}

function describeReplacing(makeStore: MakeStore): void {
  test('a proved factor takes the place of another, and counts as used', async (t) => {
    const { factors, make, first, second, list } = await personWith(makeStore, t, ['totp', 'sms']);
    const next = make('sms', { label: 'Nieuw', coolsUntil: AT + 86_400_000 });
    assert.equal(await factors.replace(second.id, next, AT + 5), 'replaced');
    const [now, other] = await list();
    assert.deepEqual(
      now,
      { ...next, createdAt: AT + 5, lastUsedAt: AT + 5, preferredAt: undefined },
      'its cool-off is kept',
    );
    assert.equal(other?.id, first.id);
    assert.equal((await list()).length, 2);
    assert.equal(await factors.replace(second.id, make('sms'), AT + 6), 'gone');
  });

  test('even the only one is replaced', async (t) => {
    const { factors, make, first, ids } = await personWith(makeStore, t, ['totp']);
    const next = make('totp');
    assert.equal(await factors.replace(first.id, next, AT + 5), 'replaced');
    assert.deepEqual(await ids(), [next.id]);
  });

  test('what the person has already takes no place, and the former one stays', async (t) => {
    const { factors, make, first, second, ids } = await personWith(makeStore, t, ['sms', 'totp']);
    assert.equal(
      await factors.replace(second.id, make('sms', { identity: first.identity }), AT + 5),
      'taken',
    );
    assert.equal(await factors.replace(first.id, make('sms', { identity: first.identity }), AT + 5), 'taken');
    assert.deepEqual(await ids(), [second.id, first.id]);
  });

  test('a replacement that can not be kept leaves the former one', async (t) => {
    const { factors, make, first, second, ids } = await personWith(makeStore, t, ['totp', 'sms']);
    await assert.rejects(factors.replace(second.id, make('totp', { id: first.id }), AT + 5));
    assert.deepEqual(await ids(), [second.id, first.id]);
  });

  test('of ten replacements at once one takes the place', async (t) => {
    const { factors, make, first, ids } = await personWith(makeStore, t, ['totp']);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => factors.replace(first.id, make('totp'), AT + 5)),
    );
    assert.equal(answers.filter((answer) => answer === 'replaced').length, 1);
    assert.equal(answers.filter((answer) => answer === 'gone').length, 9);
    assert.equal((await ids()).length, 1);
  });

  test('nobody replaces what is not theirs', async (t) => {
    const { factors, make, strangers, ids, first, colleagueId, tenantId } = await personWith(makeStore, t, [
      'totp',
    ]);
    for (const [tenant, account, id] of strangers) {
      const next = make('totp', { tenantId: tenant, accountId: account });
      assert.equal(await factors.replace(id, next, AT + 5), 'gone');
    }
    assert.deepEqual(await ids(), [first.id]);
    assert.deepEqual(await factors.list(tenantId, colleagueId), []);
  });
}

/** What people change about the methods that they have. */
export function describeFactorChanges(makeStore: MakeStore): void {
  describeNames(makeStore);
  describeOrder(makeStore);
  describeRemoving(makeStore);
  describeReplacing(makeStore);
}
