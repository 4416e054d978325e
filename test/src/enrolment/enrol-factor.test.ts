import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createTotpMethod, newTotpData } from '#interactions/factors/totp.ts';
import { createEnrolFactor, MOST_METHODS } from '#src/enrolment/enrol-factor.ts';
import { createCheckSecondStep } from '#src/sign-in/check-second-step.ts';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { createSignInBench, type SignInBench } from '../sign-in/sign-in-bench.ts';

const method = createTotpMethod({ digester: createDigester(randomBytes(32)) });

describe('setting up a method', () => {
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
    const begin = ({ proved = false, label }: { proved?: boolean; label?: string } = {}) => {
      const pending = newTotpData();
      const code = () => codeOf(keyIn(pending), clock.now());
      const prove = async (typed: string) => {
        const context = bench.contextOf(accountId);
        const answer = await enrol({ context, method, pending, typed: { code: typed, label }, proved });
        return answer.kind === 'added' ? { kind: answer.kind } : answer;
      };
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
    assert.deepEqual(await prove(''), { kind: 'refused', reason: 'empty' });
    assert.deepEqual(await owned(), []);
  });

  test('the code that proved the app signs nobody in afterwards', async () => {
    const { accountId, begin, owned } = await newcomer('bewezen');
    const { prove, code } = begin();
    assert.deepEqual(await prove(code()), { kind: 'added' });
    assert.equal((await owned()).length, 1);
    const check = createCheckSecondStep(bench);
    const type = () => check({ context: bench.contextOf(accountId), method, typed: { code: code() } });
    assert.equal((await type()).kind, 'refused');
    bench.clock.advance(30_000);
    assert.equal((await type()).kind, 'proved');
  });

  test('a second app that is proved twice at once is kept once, so that its code counts once', async () => {
    const { accountId, begin, owned } = await newcomer('dubbele-klik');
    const first = begin();
    await first.prove(first.code());
    const { prove, code } = begin({ proved: true });
    const answers = await Promise.all([prove(code()), prove(code())]);
    assert.deepEqual(answers.map(({ kind }) => kind).toSorted(), ['added', 'refused']);
    assert.equal((await owned()).length, 2);
    bench.clock.advance(30_000);
    const check = createCheckSecondStep(bench);
    const type = () => check({ context: bench.contextOf(accountId), method, typed: { code: code() } });
    assert.deepEqual([(await type()).kind, (await type()).kind], ['proved', 'refused']);
  });

  test('of parallel first sign-ins one app is kept, and the others are told', async () => {
    const { begin, owned } = await newcomer('twee-browsers');
    const browsers = Array.from({ length: 5 }, () => begin());
    const answers = await Promise.all(browsers.map(({ prove, code }) => prove(code())));
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['added', ...Array(4).fill('exists')].sort());
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

  test('whoever proved a second step in this sign-in adds further ones, each with the name they gave it', async () => {
    const { begin, owned } = await newcomer('meer-apps');
    const first = begin();
    await first.prove(first.code());
    const second = begin({ proved: true, label: '  Telefoon \u0007 van\nhet werk  ' });
    assert.deepEqual(await second.prove(second.code()), { kind: 'added' });
    assert.deepEqual((await owned()).map(({ label }) => label).sort(), ['', 'Telefoon van het werk']);
  });

  test('nobody has more than twenty methods, each of which every later sign-in would read', async () => {
    const { begin, owned } = await newcomer('twintig-apps');
    for (let made = 0; made < MOST_METHODS; made += 1) {
      const { prove, code } = begin({ proved: made > 0 });
      assert.equal((await prove(code())).kind, 'added');
    }
    const more = begin({ proved: true });
    assert.deepEqual(await more.prove(more.code()), { kind: 'refused', reason: 'too-many' });
    assert.equal((await owned()).length, MOST_METHODS);
  });

  test('a name is cut to sixty characters', async () => {
    const { begin, owned } = await newcomer('lange-naam');
    const app = begin({ label: '📱'.repeat(100) });
    await app.prove(app.code());
    assert.equal((await owned())[0]?.label, '📱'.repeat(60));
  });

  test('guesses at a set-up are counted, and apart from those at a sign-in', async () => {
    const { accountId, begin } = await newcomer('raadt-maar');
    const { prove, code } = begin();
    const typed = code() === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1) assert.equal((await prove(typed)).kind, 'refused');
    assert.equal((await prove(code())).kind, 'wait');
    const check = createCheckSecondStep(bench);
    const context = bench.contextOf(accountId);
    assert.equal((await check({ context, method, typed: { code: '123456' } })).kind, 'refused');
  });
});
