import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type OpenPasswordHasher, openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { AppError } from '#src/errors.ts';
import { ADDRESS_LIMIT, LANE_LIMIT } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { createSprayAlarm } from '#src/lockout/spray-alarm.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createWrongTries } from '#src/lockout/wrong-tries.ts';
import { createCheckPassword } from '#src/sign-in/check-password.ts';
import { createSystemEvents } from '#src/system-events.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { createSignInBench, recordCalls, type SignInBench } from './sign-in-bench.ts';

const RIGHT = 'tulp-fiets-Gracht-71';
const cost = { memoryKib: 19_456, passes: 2, parallelism: 1, threads: 2, queue: 64 };

let addresses = 0;
function newAddress(): string {
  addresses += 1;
  return `198.18.0.${addresses}`;
}

describe('checking a password', () => {
  const ending = endOfSuite();
  let bench: SignInBench;
  let hasher: OpenPasswordHasher;
  let hash: string;

  before(async () => {
    bench = await createSignInBench(ending);
    hasher = await openPasswordHasher(cost);
    ending.after(async () => hasher[Symbol.asyncDispose]());
    hash = await hasher.hash(RIGHT);
  });

  const attempt = (loginName: string, password: string, address = newAddress(), browser?: string) =>
    createCheckPassword({ ...bench, hasher })({
      tenant: bench.tenant,
      loginName,
      password,
      address,
      browser,
    });

  test('the right password is accepted whatever the capitals of the login name and the blanks around it', async () => {
    const account = await bench.addAccount('Hr.Manager', { passwordHash: hash });
    for (const loginName of ['Hr.Manager', 'HR.MANAGER', ' hr.manager ']) {
      assert.deepEqual(await attempt(loginName, RIGHT), { kind: 'accepted', account, lane: STRANGERS });
    }
  });

  test('a password is taken exactly as typed', async () => {
    await bench.addAccount('precies', { passwordHash: hash });
    for (const typed of [`${RIGHT} `, ` ${RIGHT}`, RIGHT.toUpperCase(), RIGHT.slice(0, -1)]) {
      assert.equal((await attempt('precies', typed)).kind, 'refused');
      await attempt('precies', RIGHT);
    }
  });

  test('an unknown, a known, a disabled and a password-less name cost the same calls and get the same answer', async () => {
    await bench.addAccount('bekend', { passwordHash: hash });
    await bench.addAccount('geblokkeerd', { passwordHash: hash, disabled: true });
    await bench.addAccount('zonder', {});
    const seen = [];
    for (const loginName of [
      'bekend',
      'onbekend',
      'geblokkeerd',
      'zonder',
      'x@nergens.example',
      'a\u0000b',
    ]) {
      const recordings = [
        recordCalls(bench.accounts),
        recordCalls(bench.throttle),
        recordCalls(hasher),
        recordCalls(bench.lanes),
      ] as const;
      const [{ recorded: accounts }, { recorded: throttle }, { recorded: hashing }, { recorded: lanes }] =
        recordings;
      const { clock, log } = bench;
      const openTry = createTryLimiter({ throttle, clock });
      const wrongTries = createWrongTries({ lanes, clock });
      const sprayAlarm = createSprayAlarm({ throttle, clock, log, events: createSystemEvents(undefined) });
      const counted = { openTry, wrongTries, sprayAlarm };
      const check = createCheckPassword({ ...bench, ...counted, accounts, hasher: hashing });
      const { tenant } = bench;
      const answer = await check({ tenant, loginName, password: 'wrong', address: newAddress() });
      assert.ok(answer.kind === 'refused' && answer.closed === undefined, loginName);
      seen.push(recordings.map(({ calls }) => calls));
    }
    for (const calls of seen)
      assert.deepEqual(calls, [['findForSignIn'], ['take', 'take', 'take'], ['verify'], ['countFailure']]);
  });

  test('only the right password learns that an account is disabled, and nothing of it is written', async () => {
    const weak = await openPasswordHasher({ ...cost, passes: 3 });
    ending.after(async () => weak[Symbol.asyncDispose]());
    const { id } = await bench.addAccount('gestopt', {
      passwordHash: await weak.hash(RIGHT),
      disabled: true,
    });
    const stronger = await openPasswordHasher({ ...cost, passes: 4 });
    ending.after(async () => stronger[Symbol.asyncDispose]());
    const { recorded: accounts, calls } = recordCalls(bench.accounts);
    const check = createCheckPassword({ ...bench, accounts, hasher: stronger });
    const typed = { tenant: bench.tenant, loginName: 'gestopt', address: newAddress() };
    assert.equal((await check({ ...typed, password: 'wrong' })).kind, 'refused');
    const answer = await check({ ...typed, password: RIGHT });
    assert.equal(answer.kind === 'disabled' && answer.account.id, id);
    assert.deepEqual(calls, ['findForSignIn', 'findForSignIn']);
  });

  test('a hash made with weaker parameters is replaced at sign-in, and only then', async () => {
    await bench.addAccount('groeit', { passwordHash: hash });
    const stronger = await openPasswordHasher({ ...cost, passes: 3 });
    ending.after(async () => stronger[Symbol.asyncDispose]());
    const check = createCheckPassword({ ...bench, hasher: stronger });
    const stored = async () =>
      (await bench.accounts.findForSignIn(bench.tenantId, { canonical: 'groeit', email: undefined }))
        ?.passwordHash;
    const typed = { tenant: bench.tenant, loginName: 'groeit', address: newAddress() };
    await check({ ...typed, password: 'wrong' });
    assert.equal(await stored(), hash);
    assert.equal((await check({ ...typed, password: RIGHT })).kind, 'accepted');
    const renewed = await stored();
    assert.match(renewed ?? '', /t=3/);
    assert.equal((await check({ ...typed, password: RIGHT })).kind, 'accepted');
    assert.equal(await stored(), renewed);
  });

  test('many right passwords at once from one address are no failures of it', async () => {
    const people = Array.from({ length: ADDRESS_LIMIT + 10 }, (_, index) => `kantoor-${index}`);
    for (const name of people) await bench.addAccount(name, { passwordHash: hash });
    const { tenant } = bench;
    const address = newAddress();
    const check = createCheckPassword({ ...bench, hasher });
    const answers = await Promise.all(
      people.map((loginName) => check({ tenant, loginName, password: RIGHT, address })),
    );
    assert.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(['accepted']));
  });

  test('after five wrong passwords even the right one waits, and the wait doubles', async () => {
    const { id } = await bench.addAccount('wachter', { passwordHash: hash });
    const about = { about: { account: id } };
    for (let tries = 0; tries < 5; tries += 1) await attempt('wachter', 'wrong');
    const started = bench.clock.now();
    assert.deepEqual(await attempt('wachter', RIGHT), { ...about, kind: 'wait', until: started + 30_000 });
    bench.clock.advance(30_000);
    assert.equal((await attempt('wachter', 'wrong')).kind, 'refused');
    assert.deepEqual(await attempt('wachter', RIGHT), { ...about, kind: 'wait', until: started + 90_000 });
    bench.clock.advance(60_000);
    assert.equal((await attempt('wachter', RIGHT)).kind, 'accepted');
    assert.equal((await attempt('wachter', 'wrong')).kind, 'refused');
  });

  test('an unknown name waits as a known one does, under every spelling of it', async () => {
    for (let tries = 0; tries < 5; tries += 1) await attempt(tries % 2 ? 'Niemand' : ' niemand', 'wrong');
    assert.equal((await attempt('NIEMAND', 'wrong')).kind, 'wait');
  });

  test('parallel tries can not pass the limit', async () => {
    await bench.addAccount('parallel', { passwordHash: hash });
    const answers = await Promise.all(Array.from({ length: 20 }, () => attempt('parallel', 'wrong')));
    assert.equal(answers.filter(({ kind }) => kind === 'refused').length, 5);
    assert.equal(answers.filter(({ kind }) => kind === 'wait').length, 15);
  });

  test('one address fails thirty times in ten minutes and then waits, whatever name it tries', async () => {
    const address = newAddress();
    await bench.addAccount('buurman', { passwordHash: hash });
    for (let tries = 0; tries < 29; tries += 1) await attempt(`spray-${tries}`, 'wrong', address);
    assert.equal((await attempt('buurman', RIGHT, address)).kind, 'accepted');
    assert.equal((await attempt('spray-30', 'wrong', address)).kind, 'refused');
    assert.equal((await attempt('buurman', RIGHT, address)).kind, 'wait');
    assert.equal((await attempt('buurman', RIGHT)).kind, 'accepted');
  });

  test('a try that the full queue could not judge is given back', async () => {
    await bench.addAccount('drukte', { passwordHash: hash });
    const narrow = await openPasswordHasher({ ...cost, threads: 1, queue: 1 });
    ending.after(async () => narrow[Symbol.asyncDispose]());
    const check = createCheckPassword({ ...bench, hasher: narrow });
    const typed = { tenant: bench.tenant, loginName: 'drukte', address: newAddress() };
    const tries = Array.from({ length: 5 }, () => check({ ...typed, password: 'wrong' }));
    const answers = await Promise.allSettled(tries);
    const busy = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    assert.equal(busy.length, 3);
    for (const failure of busy) {
      assert.ok(failure instanceof AppError);
      assert.deepEqual([failure.code, failure.status], ['hash-queue-full', 503]);
    }
    // Two counted, three given back: three more tries are free.
    for (let left = 0; left < 3; left += 1) assert.equal((await attempt('drukte', 'wrong')).kind, 'refused');
    assert.equal((await attempt('drukte', RIGHT)).kind, 'wait');
  });

  test('a verified e-mail address signs in too and shares the counter of the login name', async () => {
    const account = await bench.addAccount('mailer', { passwordHash: hash, email: 'Mailer@Test.example' });
    assert.deepEqual(await attempt('mailer@test.example', RIGHT), {
      kind: 'accepted',
      account,
      lane: STRANGERS,
    });
    for (let tries = 0; tries < 5; tries += 1) {
      await attempt(tries % 2 === 0 ? 'mailer' : 'mailer@test.example', 'wrong');
    }
    assert.equal((await attempt('MAILER@test.example', RIGHT)).kind, 'wait');
  });

  test('what strangers do keeps nobody waiting in a browser that signed in before, and its own tries do', async () => {
    const { id, tenantId } = await bench.addAccount('bekende-browser', { passwordHash: hash });
    const browser = 'digest-of-a-browser';
    const at = bench.clock.now();
    await bench.lanes.signedIn(tenantId, id, { lane: STRANGERS, browser, at });
    const from = (password: string, of?: string) => attempt('bekende-browser', password, newAddress(), of);
    for (let tries = 0; tries < 5; tries += 1) await from('wrong');
    assert.equal((await from(RIGHT)).kind, 'wait');
    assert.equal((await from(RIGHT, 'another-browser')).kind, 'wait', 'a browser of somebody else');
    const answer = await from(RIGHT, browser);
    assert.equal(answer.kind === 'accepted' && answer.lane, browser);
    for (let tries = 0; tries < 5; tries += 1) await from('wrong', browser);
    assert.equal((await from(RIGHT, browser)).kind, 'wait');
  });

  test('the address of a stranger keeps no known browser behind it waiting', async () => {
    const { id, tenantId } = await bench.addAccount('kantoorgenoot', { passwordHash: hash });
    const browser = 'digest-of-an-office-browser';
    await bench.lanes.signedIn(tenantId, id, { lane: STRANGERS, browser, at: bench.clock.now() });
    const address = newAddress();
    for (let tries = 0; tries < ADDRESS_LIMIT; tries += 1)
      await attempt(`niemand-${tries}`, 'wrong', address);
    assert.equal((await attempt('kantoorgenoot', RIGHT, address)).kind, 'wait');
    assert.equal((await attempt('kantoorgenoot', RIGHT, address, browser)).kind, 'accepted');
  });

  test('the hundredth wrong password in a row closes the lane it is in, and only the right one learns it', async () => {
    const account = await bench.addAccount('honderd', { passwordHash: hash });
    const { id, tenantId } = account;
    const browser = 'digest-of-the-owner';
    await bench.lanes.signedIn(tenantId, id, { lane: STRANGERS, browser, at: bench.clock.now() });
    const wrong = async () => {
      bench.clock.advance(60 * 60_000);
      return attempt('honderd', 'wrong');
    };
    for (let tries = 1; tries < LANE_LIMIT; tries += 1) {
      assert.deepEqual(await wrong(), { kind: 'refused', closed: undefined, about: { account: id } });
    }
    const hundredth = await wrong();
    assert.equal(hundredth.kind === 'refused' && hundredth.closed?.account.id, id);
    assert.deepEqual(
      await wrong(),
      { kind: 'refused', closed: undefined, about: { account: id } },
      'told once',
    );
    bench.clock.advance(60 * 60_000);
    assert.equal((await attempt('honderd', RIGHT)).kind, 'blocked');
    assert.equal((await attempt('honderd', RIGHT, newAddress(), browser)).kind, 'accepted');
  });

  test('somebody who said that a stranger was in the account gets in by no password, in no lane', async () => {
    const { id, tenantId } = await bench.addAccount('gemeld', { passwordHash: hash });
    const browser = 'digest-of-a-reporter';
    await bench.lanes.signedIn(tenantId, id, { lane: STRANGERS, browser, at: bench.clock.now() });
    await bench.accounts.setSuspended(tenantId, id, { by: 'person', at: bench.clock.now() });
    assert.equal((await attempt('gemeld', 'wrong')).kind, 'refused');
    assert.equal((await attempt('gemeld', RIGHT)).kind, 'reported');
    assert.equal((await attempt('gemeld', RIGHT, newAddress(), browser)).kind, 'reported');
  });
});
