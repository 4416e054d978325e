import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { totp } from '#interactions/factors/totp.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { createCheckSecondStep } from '#src/sign-in/check-second-step.ts';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { createSignInBench, type SignInBench } from '../sign-in/sign-in-bench.ts';

describe('setting up a first method', () => {
  const ending = endOfSuite();
  let bench: SignInBench;

  before(async () => {
    bench = await createSignInBench(ending);
  });

  /** Somebody without a method who tries to set up an app of his own. */
  const newcomer = async (loginName: string) => {
    const { tenantId, clock } = bench;
    const { id: accountId } = await bench.addAccount(loginName);
    const enrol = createEnrolFactor(bench);
    const begin = () => {
      const pending = totp.begin();
      const code = () => codeOf(keyIn(pending.data), clock.now());
      const prove = (typed: string) =>
        enrol({ tenantId, accountId, method: totp, pending, code: typed, label: 'app' });
      return { code, prove };
    };
    return { accountId, begin, owned: () => bench.factors.list(tenantId, accountId) };
  };

  test('nothing is kept before it is proved', async () => {
    const { begin, owned } = await newcomer('nog-niet');
    const { prove, code } = begin();
    const typed = code() === '000000' ? '000001' : '000000';
    assert.deepEqual(await prove(typed), { kind: 'refused', reason: 'wrong' });
    assert.deepEqual(await prove('12345'), { kind: 'refused', reason: 'malformed' });
    assert.deepEqual(await owned(), []);
  });

  test('the code that proved the app signs nobody in afterwards', async () => {
    const { accountId, begin, owned } = await newcomer('bewezen');
    const { prove, code } = begin();
    assert.deepEqual(await prove(code()), { kind: 'enrolled' });
    assert.equal((await owned()).length, 1);
    const check = createCheckSecondStep(bench);
    const { tenantId } = bench;
    const typed = { tenantId, accountId, method: totp, address: '198.18.3.1' };
    assert.equal((await check({ ...typed, code: code() })).kind, 'refused');
    bench.clock.advance(30_000);
    assert.equal((await check({ ...typed, code: code() })).kind, 'proved');
  });

  test('of parallel first sign-ins one app is kept, and the others are told', async () => {
    const { begin, owned } = await newcomer('twee-browsers');
    const browsers = Array.from({ length: 5 }, begin);
    const answers = await Promise.all(browsers.map(({ prove, code }) => prove(code())));
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['enrolled', ...Array(4).fill('exists')].sort());
    assert.equal((await owned()).length, 1);
  });

  test('whoever has a method can not set up a first one again', async () => {
    const { begin, owned } = await newcomer('al-klaar');
    const first = begin();
    await first.prove(first.code());
    const second = begin();
    assert.deepEqual(await second.prove(second.code()), { kind: 'exists' });
    assert.equal((await owned()).length, 1);
  });
});
