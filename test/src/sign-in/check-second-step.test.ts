import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createTotpMethod, newTotpData } from '#interactions/factors/totp.ts';
import { createCheckSecondStep } from '#src/sign-in/check-second-step.ts';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { createSignInBench, type SignInBench } from './sign-in-bench.ts';

const STEP = 30_000;
const totp = createTotpMethod({ digester: createDigester(randomBytes(32)) });
/** Six digits that an app shows once in a million: a wrong code for every test but one in 500,000. */
const wrong = (right: string) => (right === '000000' ? '000001' : '000000');

let addresses = 0;
function newAddress(): string {
  addresses += 1;
  return `198.18.1.${addresses}`;
}

const refusalOf = (answer: { kind: string; reason?: string }) => answer.reason ?? answer.kind;

describe('checking a second step', () => {
  const ending = endOfSuite();
  let bench: SignInBench;

  before(async () => {
    bench = await createSignInBench(ending);
  });

  /** Somebody with an app, and a way to type codes from a fresh address. */
  const withApp = async (loginName: string) => {
    const { tenantId, clock, factors } = bench;
    const { id: accountId } = await bench.addAccount(loginName);
    const data = newTotpData();
    const factor = { id: randomUUID(), tenantId, accountId, kind: 'totp', label: 'app', data };
    await factors.addFirst({ ...factor, identity: undefined, lastCounter: undefined }, clock.now());
    const check = createCheckSecondStep(bench);
    const type = async (code: string, address = newAddress()) => {
      const answer = await check({
        context: bench.contextOf(accountId, address),
        method: totp,
        typed: { code },
      });
      return answer.kind === 'proved' ? { kind: answer.kind } : answer;
    };
    return { accountId, factorId: factor.id, type, code: () => codeOf(keyIn(data), clock.now()) };
  };

  test('a code is good once: replayed at once or in the next half minute it is refused', async () => {
    const { type, code } = await withApp('eenmalig');
    const shown = code();
    assert.deepEqual(await type(shown), { kind: 'proved' });
    assert.equal(refusalOf(await type(shown)), 'used');
    bench.clock.advance(STEP);
    assert.equal(refusalOf(await type(shown)), 'used');
    assert.deepEqual(await type(code()), { kind: 'proved' });
  });

  test('of 20 parallel uses of one code one is proved', async () => {
    const { type, code } = await withApp('tegelijk');
    const shown = code();
    const answers = await Promise.all(Array.from({ length: 20 }, () => type(shown)));
    assert.equal(answers.filter(({ kind }) => kind === 'proved').length, 1);
  });

  test('a code of somebody else is refused', async () => {
    const [one, other] = [await withApp('een'), await withApp('ander')];
    const code = other.code();
    if (code !== one.code()) assert.equal((await one.type(code)).kind, 'refused');
    assert.equal((await other.type(code)).kind, 'proved');
  });

  test('what could never be a code is refused without being counted', async () => {
    const { type, code } = await withApp('typfout');
    assert.deepEqual(await type(' '), { kind: 'refused', reason: 'empty' });
    for (const typed of ['12345', '1234567', 'abcdef', '１２３４５６', '12 34']) {
      assert.deepEqual(await type(typed), { kind: 'refused', reason: 'malformed' });
    }
    assert.deepEqual(await type(code()), { kind: 'proved' });
  });

  test('after five wrong codes the right one waits, and a success forgets them', async () => {
    const { type, code } = await withApp('gokker');
    for (let tries = 0; tries < 5; tries += 1) await type(wrong(code()));
    assert.deepEqual(await type(code()), { kind: 'wait', until: bench.clock.now() + 30_000 });
    bench.clock.advance(30_000);
    assert.deepEqual(await type(code()), { kind: 'proved' });
    bench.clock.advance(STEP);
    for (let tries = 0; tries < 4; tries += 1) assert.equal((await type(wrong(code()))).kind, 'refused');
    assert.deepEqual(await type(code()), { kind: 'proved' });
  });

  test('a slip of the finger after a wait brings no new wait', async () => {
    const { type, code } = await withApp('dikke-vinger');
    for (let tries = 0; tries < 5; tries += 1) await type(wrong(code()));
    bench.clock.advance(30_000);
    assert.deepEqual(await type('12345'), { kind: 'refused', reason: 'malformed' });
    assert.deepEqual(await type(code()), { kind: 'proved' });
  });

  test('parallel guesses can not pass the limit', async () => {
    const { type, code } = await withApp('stormloop');
    const typed = wrong(code());
    const answers = await Promise.all(Array.from({ length: 20 }, () => type(typed)));
    assert.equal(answers.filter(({ kind }) => kind === 'refused').length, 5);
  });

  test('wrong codes for many people from one address use up that address', async () => {
    const address = '198.18.2.1';
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => withApp(`straat-${n}`)));
    for (let tries = 0; tries < 30; tries += 1) {
      const person = people[tries % 7];
      assert.ok(person);
      assert.equal((await person.type(wrong(person.code()), address)).kind, 'refused');
    }
    const last = people[7];
    assert.ok(last);
    assert.equal((await last.type(last.code(), address)).kind, 'wait');
    assert.equal((await last.type(last.code())).kind, 'proved');
  });

  test('somebody without that method is refused', async () => {
    const { id: accountId } = await bench.addAccount('zonder-app');
    const check = createCheckSecondStep(bench);
    const context = bench.contextOf(accountId, '198.18.2.9');
    const answer = await check({ context, method: totp, typed: { code: '123456' } });
    assert.equal(answer.kind, 'refused');
  });

  test('what could not be judged, or guesses nothing, is given back: an outage is nobody’s fault', async () => {
    const { accountId, type, code } = await withApp('storing');
    const check = createCheckSecondStep(bench);
    const context = bench.contextOf(accountId, '198.18.2.10');
    const unavailable = { ok: false, reason: 'unavailable' } as const;
    const signIn = { ...totp.signIn, check: async () => unavailable };
    const broken = {
      ...totp,
      signIn: { ...totp.signIn, check: () => Promise.reject(new Error('the other side broke')) },
    };
    for (let tries = 0; tries < 8; tries += 1) {
      assert.deepEqual(await check({ context, method: { ...totp, signIn }, typed: { code: '123456' } }), {
        kind: 'refused',
        reason: 'unavailable',
      });
      await assert.rejects(check({ context, method: broken, typed: { code: '123456' } }), /broke/);
    }
    assert.deepEqual(await type(code()), { kind: 'proved' });
  });
});
