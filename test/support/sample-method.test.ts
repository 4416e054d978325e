import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flatten } from '#interactions/i18n.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { describeFactorMethod } from '../contracts/factor-method.ts';
import { methodContext } from './method-context.ts';
import { createWordListMethod } from './sample-method.ts';
import texts from './sample-method-texts.json' with { type: 'json' };

const method = createWordListMethod();
const context = methodContext();

/** The words that a set-up shows, as a person would write them down. */
function wordsOf(data: string): string[] {
  const blocks = method.setUp.blocks(context, data);
  return blocks.flatMap(({ content }) => content.split(' '));
}

/** A word in no list, or nearly so. */
const strangeTo = (words: readonly string[]) => ['AAAA', 'BBBB'].find((word) => !words.includes(word)) ?? '';

describeFactorMethod('the sample', () => ({
  method,
  people: [methodContext(), methodContext()],
  prepareSetUp: async (at) => {
    const pending = method.setUp.begin();
    const words = wordsOf(pending);
    return { context: at, pending, right: { code: words[0] }, wrong: { code: strangeTo(words) } };
  },
  prepareSignIn: async (at, [factor]) => {
    const words = factor === undefined ? [] : wordsOf(factor.data);
    const right = { code: words[factor?.lastCounter ?? 0] };
    return { context: at, right, wrong: { code: strangeTo(words) } };
  },
  malformed: [{ code: 'ABC' }, { code: 'ABCDE' }, { code: 'AB01' }],
}));

describe('the sample method', () => {
  const data = method.setUp.begin();
  const words = wordsOf(data);
  const listAt = (lastCounter: number): Factor => ({
    id: 'list',
    tenantId: context.tenant.id,
    accountId: context.accountId,
    kind: method.kind,
    label: '',
    data,
    identity: undefined,
    lastCounter,
    createdAt: 0,
    lastUsedAt: undefined,
  });

  test('asks for one word after the other, until the list is used up', async () => {
    for (let used = 1; used < words.length; used += 1) {
      const list = listAt(used);
      const field = method.signIn.field(context, [list]);
      assert.deepEqual(field.hintValues, { number: String(used + 1) });
      for (const [index, code] of words.entries()) {
        const check = await method.signIn.check(context, [list], { code: ` ${code?.toLowerCase()} ` });
        if (index === used) assert.deepEqual(check.ok && check.factorId && check.use, { counter: used + 1 });
        else assert.deepEqual(check, { ok: false, reason: index < used ? 'used' : 'wrong' });
      }
    }
    const check = await method.signIn.check(context, [listAt(words.length)], { code: words[0] });
    assert.deepEqual(check, { ok: false, reason: 'expired' });
  });

  test('makes a list of its own for each set-up, each word once', () => {
    const lists = Array.from({ length: 20 }, () => wordsOf(method.setUp.begin()));
    for (const list of lists) assert.equal(new Set(list).size, 10);
    assert.equal(new Set(lists.map((list) => list.join())).size, 20);
  });

  test('has a text in both languages for each one that it names', () => {
    const english = new Map(flatten(texts.en));
    assert.deepEqual(
      flatten(texts.nl).map(([key]) => key),
      [...english.keys()],
    );
    const { label, hint } = method.signIn.field(context, [listAt(1)]);
    for (const key of [label, hint]) assert.ok(english.has(key?.replace('factor.word-list.', '') ?? ''), key);
  });
});
