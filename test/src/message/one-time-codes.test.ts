import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  createOneTimeCodes,
  EMAIL_CODE_LIFE,
  PHONE_CODE_LIFE,
  typedCode,
} from '#src/message/one-time-codes.ts';
import type { OneTimeStore } from '#src/message/ports.ts';
import { createMessageBench, otherThan } from './message-bench.ts';

const SLOT = 'sign-in:account-1';
const BINDING = 'interaction-1';

function createBench() {
  const { codes, clock, oneTime, digester } = createMessageBench();
  const tenantId = randomUUID();
  return {
    clock,
    oneTime,
    digester,
    tenantId,
    codes,
    issue: () => codes.issue(tenantId, SLOT, BINDING, PHONE_CODE_LIFE),
    redeem: (typed: string) => codes.redeem(tenantId, SLOT, BINDING, typed),
  };
}

describe('a code that is sent', () => {
  test('is six digits of the whole range, leading noughts kept', async () => {
    const { oneTime, digester } = createMessageBench();
    const asked: number[] = [];
    const next = [0, 7, 999_999];
    const random = (below: number) => {
      asked.push(below);
      return next[asked.length - 1] ?? 0;
    };
    const codes = createOneTimeCodes({ oneTime, digester, random });
    const issue = () => codes.issue('tenant-1', SLOT, BINDING, PHONE_CODE_LIFE);
    assert.deepEqual([await issue(), await issue(), await issue()], ['000000', '000007', '999999']);
    assert.deepEqual(asked, [1_000_000, 1_000_000, 1_000_000]);
  });

  test('is another one each time', async () => {
    const { issue } = createBench();
    const made = await Promise.all(Array.from({ length: 100 }, issue));
    // Of 100 codes out of a million, 6 or fewer being different happens to nobody.
    assert.ok(new Set(made).size > 90);
    for (const code of made) assert.match(code, /^\d{6}$/);
  });

  test('lives and is tried as long as the policy says', () => {
    assert.deepEqual(PHONE_CODE_LIFE, { ttl: 300, tries: 5 });
    assert.deepEqual(EMAIL_CODE_LIFE, { ttl: 600, tries: 5 });
  });

  test('is right once', async () => {
    const { issue, redeem } = createBench();
    const code = await issue();
    assert.equal(await redeem(code), 'right');
    assert.equal(await redeem(code), 'gone');
  });

  test('of 50 parallel uses one is right', async () => {
    const { issue, redeem } = createBench();
    const code = await issue();
    const results = await Promise.all(Array.from({ length: 50 }, () => redeem(code)));
    assert.equal(results.filter((result) => result === 'right').length, 1);
  });

  test('ends the one before it', async () => {
    const { issue, redeem } = createBench();
    const old = await issue();
    let fresh = await issue();
    while (fresh === old) fresh = await issue();
    assert.equal(await redeem(old), 'wrong');
    assert.equal(await redeem(fresh), 'right');
  });

  test('ends with its fifth wrong try, also for who then knows it', async () => {
    const { issue, redeem } = createBench();
    const code = await issue();
    for (let i = 0; i < 5; i += 1) assert.equal(await redeem(otherThan(code)), 'wrong');
    assert.equal(await redeem(code), 'gone');
  });

  test('survives four wrong tries, and any number of things that are no code', async () => {
    const { issue, redeem } = createBench();
    const code = await issue();
    for (let i = 0; i < 4; i += 1) assert.equal(await redeem(otherThan(code)), 'wrong');
    for (const typed of ['', '12345', '1234567', 'abcdef', '１２３４５６', '1e5', '9'.repeat(100_000)]) {
      assert.equal(await redeem(typed), 'malformed');
    }
    assert.equal(await redeem(code), 'right');
  });

  test('ends with its age', async () => {
    for (const [age, result] of [
      [299_999, 'right'],
      [300_000, 'gone'],
    ] as const) {
      const { issue, redeem, clock } = createBench();
      const code = await issue();
      clock.advance(age);
      assert.equal(await redeem(code), result);
    }
  });

  test('is nothing in another tenant, slot or binding, and a try there costs it none', async () => {
    const { issue, redeem, codes, tenantId } = createBench();
    const code = await issue();
    for (let i = 0; i < 10; i += 1) {
      assert.equal(await codes.redeem(randomUUID(), SLOT, BINDING, code), 'gone');
      assert.equal(await codes.redeem(tenantId, 'set-up:account-1', BINDING, code), 'gone');
      assert.equal(await codes.redeem(tenantId, SLOT, 'interaction-2', code), 'gone');
    }
    assert.equal(await redeem(code), 'right');
  });

  test('is kept as a digest that is another one in each tenant, slot and binding', async () => {
    const { digester } = createMessageBench();
    const digests: string[] = [];
    const oneTime: OneTimeStore = {
      put: async (_tenantId, _slot, { digest }) => void digests.push(digest),
      redeem: async () => 'gone',
      waits: async () => false,
      remove: async () => undefined,
    };
    const codes = createOneTimeCodes({ oneTime, digester, random: () => 123_456 });
    for (const [tenantId, slot, binding] of [
      ['t', 's', 'b'],
      ['u', 's', 'b'],
      ['t', 'v', 'b'],
      ['t', 's', 'c'],
      ['t', 'sb', ''],
    ] as const) {
      await codes.issue(tenantId, slot, binding, PHONE_CODE_LIFE);
    }
    assert.equal(new Set(digests).size, 5);
    assert.equal(digests.join().includes('123456'), false);
  });

  test('blanks and dashes that people type and paste do not matter', () => {
    const gap = fc.constantFrom('', ' ', '-', '–', '\u00a0', '\t', '\n', '\u200b', '\u202c', ' - ');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999 }),
        fc.array(gap, { minLength: 7, maxLength: 7 }),
        (number, gaps) => {
          const code = String(number).padStart(6, '0');
          const typed = gaps.map((blank, index) => `${blank}${code[index] ?? ''}`).join('');
          assert.equal(typedCode(typed), code);
        },
      ),
    );
  });
});
