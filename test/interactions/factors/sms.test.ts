import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { isTextKey } from '#interactions/i18n.ts';
import { AppError } from '#src/errors.ts';
import { MOST_ACCOUNTS } from '#src/message/phone-factor.ts';
import type { FieldSpec, MethodContext } from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import {
  createMessageBench,
  LANDLINE,
  MOBILE,
  newAddress,
  newTenant,
  otherThan,
} from '../../src/message/message-bench.ts';
import { smsMethodOver } from '../../support/sms-method.ts';

const OTHER = '+31687654321';
const SPOKEN = /(\d), (\d), (\d), (\d), (\d), (\d)/;

function createBench(changes: Partial<MethodContext> = {}) {
  const bench = createMessageBench();
  const { courier, factors } = bench;
  const { method, setUp, signIn, request, send } = smsMethodOver(bench);
  const me = bench.context(changes);

  const lastCode = () => {
    const text = courier.sent.at(-1)?.text ?? '';
    return (SPOKEN.exec(text)?.slice(1).join('') || /^\d{6}/.exec(text)?.[0]) ?? '';
  };
  /** Asks for a code to what was typed; it must be sent. */
  const requested = async (phone: string, channel: 'sms' | 'voice' = 'sms', context = me) => {
    const outcome = await request(context, { phone, channel }, undefined);
    assert.ok(outcome.kind === 'sent', outcome.kind);
    return { ...outcome, code: lastCode() };
  };
  /** Somebody's phone, proved. */
  const proved = async (phone = MOBILE, context = me): Promise<Factor> => {
    const { pending, code } = await requested(phone, 'sms', { ...context, address: newAddress() });
    const answer = await setUp.prove(context, pending, { code });
    assert.ok(answer.ok);
    const factor: Factor = {
      id: randomUUID(),
      tenantId: context.tenant.id,
      accountId: context.accountId,
      kind: method.kind,
      label: '',
      data: answer.data,
      identity: answer.identity,
      lastCounter: undefined,
      createdAt: 0,
      lastUsedAt: undefined,
    };
    factors.all.push(factor);
    return factor;
  };
  return { ...bench, method, setUp, signIn, request, send, me, lastCode, requested, proved };
}

const keysOf = (field: FieldSpec) => (field.type === 'text' ? [field.label, field.hint ?? field.label] : []);

describe('setting up a phone', () => {
  test('asks for a number first, then for the code that was sent there', async () => {
    const { setUp, me, requested } = createBench();
    const first = setUp.field(me, undefined);
    assert.ok(first.type === 'text');
    assert.deepEqual(
      { name: first.name, autocomplete: first.autocomplete, inputMode: first.inputMode, value: first.value },
      { name: 'phone', autocomplete: 'tel', inputMode: 'tel', value: undefined },
    );
    const { pending, sent } = await requested('06-12345678');
    assert.deepEqual([sent.channel, sent.ending], ['sms', '78']);
    const second = setUp.field(me, pending);
    assert.ok(second.type === 'text');
    assert.deepEqual(
      { name: second.name, autocomplete: second.autocomplete, length: second.wholeLength },
      { name: 'code', autocomplete: 'one-time-code', length: 6 },
    );
    assert.deepEqual(second.hintValues, { ending: '78' });
    for (const key of [...keysOf(first), ...keysOf(second)]) assert.ok(isTextKey(key), key);
  });

  test('shows a number to which nothing was sent yet in the box, and takes it for granted', async () => {
    const { setUp, request, me, courier } = createBench();
    const pending = JSON.stringify({ phone: MOBILE });
    const field = setUp.field(me, pending);
    assert.ok(field.type === 'text');
    assert.deepEqual([field.name, field.value], ['phone', MOBILE]);
    assert.deepEqual(await setUp.prove(me, pending, { code: '123456' }), { ok: false, reason: 'expired' });
    assert.equal((await request(me, { phone: undefined, channel: 'sms' }, pending)).kind, 'sent');
    assert.equal(courier.sent.at(-1)?.to, MOBILE);
  });

  test('sends the text of the text book to the number, and the code proves it once', async () => {
    const { setUp, me, requested, courier } = createBench();
    const { pending, code } = await requested('06 1234 5678');
    assert.equal(courier.sent[0]?.to, MOBILE);
    assert.equal(
      courier.sent[0]?.text,
      `${code} is uw inlogcode. Geef hem aan niemand.\n@login.voorbeeld.example #${code}`,
    );
    const answer = await setUp.prove(me, pending, { code: ` ${code.slice(0, 3)} ${code.slice(3)}` });
    assert.ok(answer.ok);
    assert.deepEqual(JSON.parse(answer.data), { phone: MOBILE });
    assert.deepEqual(answer.proof, { amr: ['sms'], phishingResistant: false });
    assert.ok(answer.identity !== undefined && !answer.identity.includes('612345678'));
    assert.deepEqual(await setUp.prove(me, pending, { code }), { ok: false, reason: 'expired' });
  });

  test('knows a number again, whoever has it, and in no other tenant', async () => {
    const { proved, context, me } = createBench();
    const mine = await proved();
    const theirs = await proved(MOBILE, context({ tenant: me.tenant }));
    const elsewhere = await proved(MOBILE, context());
    assert.equal(mine.identity, theirs.identity);
    assert.notEqual(mine.identity, elsewhere.identity);
  });

  test('speaks the code to a landline, and says so in what it is worth', async () => {
    const { setUp, me, requested, courier } = createBench();
    const { pending, sent, code } = await requested('030-2345678', 'sms');
    assert.equal(sent.channel, 'voice');
    assert.deepEqual([courier.sent[0]?.channel, courier.sent[0]?.to], ['voice', LANDLINE]);
    const field = setUp.field(me, pending);
    assert.ok(field.type === 'text');
    assert.equal(field.hint, 'factor.sms.hintSpoken');
    const answer = await setUp.prove(me, pending, { code });
    assert.ok(answer.ok);
    assert.deepEqual(answer.proof.amr, ['tel']);
  });

  test('refuses a landline where no codes are spoken, and everything where none are sent', async () => {
    const { settings } = newTenant();
    const silent = newTenant({ secondStep: { ...settings.secondStep, spokenCode: false } });
    const one = createBench({ tenant: silent });
    const asked = { phone: LANDLINE, channel: 'voice' } as const;
    assert.deepEqual(await one.request(one.me, asked, undefined), {
      kind: 'refused',
      reason: 'phone-number',
    });
    const other = createBench();
    other.courier.channels = ['email'];
    const mobile = { phone: MOBILE, channel: 'sms' } as const;
    assert.deepEqual(await other.request(other.me, mobile, undefined), {
      kind: 'refused',
      reason: 'unavailable',
    });
  });

  test('refuses what is no number, and a country that the tenant does not send to', async () => {
    const { request, me, courier } = createBench();
    const ask = (phone: string | undefined) => request(me, { phone, channel: 'sms' }, undefined);
    for (const typed of ['', '06', 'geen', undefined]) {
      assert.deepEqual(await ask(typed), { kind: 'refused', reason: 'phone-number' });
    }
    assert.deepEqual(await ask('+32 470 12 34 56'), { kind: 'refused', reason: 'phone-country' });
    assert.deepEqual(courier.sent, []);
  });

  test('sends again to the pending number, by the other channel too; the old code is dead', async () => {
    const { setUp, request, requested, me, clock, lastCode } = createBench();
    const first = await requested(MOBILE);
    assert.equal((await request(me, { phone: undefined, channel: 'sms' }, first.pending)).kind, 'wait');
    clock.advance(30_000);
    const again = await request(me, { phone: undefined, channel: 'voice' }, first.pending);
    assert.ok(again.kind === 'sent');
    assert.equal(again.sent.channel, 'voice');
    const old = await setUp.prove(me, first.pending, { code: first.code });
    assert.deepEqual(old, { ok: false, reason: 'expired' });
    const answer = await setUp.prove(me, again.pending, { code: lastCode() });
    assert.ok(answer.ok);
    assert.deepEqual(answer.proof.amr, ['tel']);
  });

  test('takes a code from no other person, interaction, tenant, number or purpose', async () => {
    const { setUp, signIn, me, context, requested, proved } = createBench();
    const { pending, code } = await requested(MOBILE);
    const elsewhere = JSON.stringify({ phone: OTHER, channel: 'sms' });
    const spoken = JSON.stringify({ phone: MOBILE, channel: 'voice' });
    for (const [whose, what] of [
      [{ ...me, accountId: randomUUID() }, pending],
      [{ ...me, interaction: randomUUID() }, pending],
      [{ ...me, tenant: context().tenant }, pending],
      [me, elsewhere],
      [me, spoken],
      [me, undefined],
    ] as const) {
      assert.deepEqual(await setUp.prove(whose, what, { code }), { ok: false, reason: 'expired' });
    }
    const factor = await proved(MOBILE, context({ tenant: me.tenant }));
    assert.deepEqual(await signIn.check(me, [factor], { code }), { ok: false, reason: 'expired' });
    assert.ok((await setUp.prove(me, pending, { code })).ok);
  });

  test('tells empty, malformed and wrong apart, and ends after five wrong codes', async () => {
    const { setUp, me, requested } = createBench();
    const { pending, code } = await requested(MOBILE);
    const prove = async (typed: string | undefined) => {
      const answer = await setUp.prove(me, pending, { code: typed });
      return answer.ok ? 'ok' : answer.reason;
    };
    assert.deepEqual(
      [await prove(undefined), await prove(' '), await prove('12345')],
      ['empty', 'empty', 'malformed'],
    );
    for (let i = 0; i < 5; i += 1) assert.equal(await prove(otherThan(code)), 'wrong');
    assert.equal(await prove(code), 'expired');
  });

  test('names the login name when others have the number already', async () => {
    const { proved, requested, context, me, courier } = createBench();
    await requested(MOBILE);
    assert.equal(courier.sent.at(-1)?.text.includes('j.devries'), false);
    await proved(OTHER, context({ tenant: me.tenant }));
    const other = context({ tenant: me.tenant, loginName: 'p.jansen' });
    await requested(OTHER, 'sms', other);
    assert.ok(courier.sent.at(-1)?.text.includes('p.jansen'));
  });

  test('refuses a number that ten accounts have, also one that the tenth set up since the code was sent', async () => {
    const { request, setUp, send, me, context, proved, requested, courier } = createBench();
    const mate = (loginName: string) => context({ tenant: me.tenant, loginName });
    const first = await proved(MOBILE, mate('p.1'));
    for (let n = 2; n < MOST_ACCOUNTS; n += 1) await proved(MOBILE, mate(`p.${n}`));
    const late = await requested(MOBILE, 'sms', mate('te.laat'));
    await proved(MOBILE, me);
    const refused = { reason: 'phone-shared' } as const;
    assert.deepEqual(await setUp.prove(mate('te.laat'), late.pending, { code: late.code }), {
      ok: false,
      ...refused,
    });
    const sent = courier.sent.length;
    const eleventh = context({ tenant: me.tenant });
    assert.deepEqual(await request(eleventh, { phone: MOBILE, channel: 'sms' }, undefined), {
      kind: 'refused',
      ...refused,
    });
    assert.equal(courier.sent.length, sent, 'nothing is sent for it');
    // Those who have it sign in as before, and in another tenant it is a number like any other.
    assert.equal((await send({ ...me, accountId: first.accountId }, [first], 'sms')).kind, 'sent');
    assert.equal((await request(context(), { phone: MOBILE, channel: 'sms' }, undefined)).kind, 'sent');
  });
});

describe('signing in with a phone', () => {
  test('sends to the number used last, and its code is right once', async () => {
    const { signIn, send, me, proved, courier, lastCode } = createBench();
    const [mine, older] = [await proved(MOBILE), await proved(OTHER)];
    const outcome = await send(me, [mine, older], 'sms');
    assert.ok(outcome.kind === 'sent');
    assert.equal(courier.sent.at(-1)?.to, MOBILE);
    const field = signIn.field(me, [mine, older], outcome.sent);
    assert.ok(field.type === 'text');
    assert.deepEqual([field.hint, field.hintValues], ['factor.sms.hint', { ending: '78' }]);
    const code = lastCode();
    assert.deepEqual(await signIn.check(me, [older, mine], { code }), {
      ok: true,
      factorId: mine.id,
      use: {},
      proof: { amr: ['sms'], phishingResistant: false },
    });
    assert.deepEqual(await signIn.check(me, [mine], { code }), { ok: false, reason: 'expired' });
  });

  test('of 50 parallel uses of a code one is right', async () => {
    const { signIn, send, me, proved, lastCode } = createBench();
    const factor = await proved();
    await send(me, [factor], 'sms');
    const code = lastCode();
    const answers = await Promise.all(Array.from({ length: 50 }, () => signIn.check(me, [factor], { code })));
    assert.equal(answers.filter(({ ok }) => ok).length, 1);
  });

  test('is worth what it is: a spoken code is no text message', async () => {
    const { signIn, send, me, proved, lastCode, courier } = createBench();
    const factor = await proved();
    const outcome = await send(me, [factor], 'voice');
    assert.ok(outcome.kind === 'sent');
    assert.equal(courier.sent.at(-1)?.channel, 'voice');
    const field = signIn.field(me, [factor], outcome.sent);
    assert.ok(field.type === 'text' && field.hint === 'factor.sms.hintSpoken');
    const answer = await signIn.check(me, [factor], { code: lastCode() });
    assert.ok(answer.ok);
    assert.deepEqual(answer.proof.amr, ['tel']);
  });

  test('speaks to a landline whatever was wished', async () => {
    const { send, me, proved, courier } = createBench();
    const outcome = await send(me, [await proved(LANDLINE)], 'sms');
    assert.ok(outcome.kind === 'sent' && outcome.sent.channel === 'voice');
    assert.equal(courier.sent.at(-1)?.channel, 'voice');
  });

  test('a new code ends the old one, and a code of another interaction ends with it', async () => {
    const { signIn, send, me, proved, lastCode, clock } = createBench();
    const factor = await proved();
    const elsewhere = { ...me, interaction: randomUUID() };
    await send(me, [factor], 'sms');
    const old = lastCode();
    clock.advance(30_000);
    await send(elsewhere, [factor], 'sms');
    assert.deepEqual(await signIn.check(me, [factor], { code: old }), { ok: false, reason: 'expired' });
    assert.deepEqual(await signIn.check(me, [factor], { code: lastCode() }), {
      ok: false,
      reason: 'expired',
    });
    assert.ok((await signIn.check(elsewhere, [factor], { code: lastCode() })).ok);
  });

  test('takes a code from no other person, tenant, number or purpose', async () => {
    const { signIn, setUp, send, me, context, proved, lastCode } = createBench();
    const [factor, other] = [await proved(), await proved(OTHER)];
    await send(me, [factor], 'sms');
    const code = lastCode();
    for (const [whose, owned] of [
      [{ ...me, accountId: randomUUID() }, [factor]],
      [{ ...me, tenant: context().tenant }, [factor]],
      [me, [other]],
      [me, []],
    ] as const) {
      assert.deepEqual(await signIn.check(whose, owned, { code }), { ok: false, reason: 'expired' });
    }
    const pending = JSON.stringify({ phone: MOBILE, channel: 'sms' });
    assert.deepEqual(await setUp.prove(me, pending, { code }), { ok: false, reason: 'expired' });
    assert.ok((await signIn.check(me, [factor], { code })).ok);
  });

  test('a wrong code is a guess, and after five of them the right one is gone', async () => {
    const { signIn, send, me, proved, lastCode } = createBench();
    const factor = await proved();
    await send(me, [factor], 'sms');
    const code = lastCode();
    for (let i = 0; i < 5; i += 1) {
      const answer = await signIn.check(me, [factor], { code: otherThan(code) });
      assert.deepEqual(answer, { ok: false, reason: 'wrong' });
    }
    assert.deepEqual(await signIn.check(me, [factor], { code }), { ok: false, reason: 'expired' });
  });

  test('only six digits are plausible', () => {
    const { signIn } = createBench();
    for (const code of ['123456', ' 123 456 ', '123-456']) assert.ok(signIn.isPlausible({ code }), code);
    for (const code of [undefined, '', '12345', '1234567', 'abcdef', '1234 5678']) {
      assert.equal(signIn.isPlausible({ code }), false);
    }
  });

  test('names the login name when another account has the number too', async () => {
    const { send, me, context, proved, courier, clock } = createBench();
    const factor = await proved();
    await send(me, [factor], 'sms');
    assert.equal(courier.sent.at(-1)?.text.includes('j.devries'), false);
    clock.advance(3_600_000);
    await proved(MOBILE, context({ tenant: me.tenant, loginName: 'p.jansen' }));
    await send(me, [factor], 'sms');
    assert.match(courier.sent.at(-1)?.text ?? '', /^\d{6} is uw inlogcode voor j\.devries\./);
  });

  test('a number that many accounts share gets as many more codes', async () => {
    const { send, me, context, proved, factors } = createBench();
    const first = await proved();
    const others = Array.from({ length: 9 }, () => context({ tenant: me.tenant }));
    const own = others.map(({ accountId }) => ({ ...first, id: randomUUID(), accountId }));
    factors.all.push(...own);
    const kinds = new Set<string>();
    for (const [index, other] of others.entries()) {
      kinds.add((await send(other, own.slice(index, index + 1), 'sms')).kind);
    }
    assert.deepEqual([...kinds], ['sent']);
  });

  test('sends to no country that the tenant closed meanwhile', async () => {
    const { settings } = newTenant();
    const wide = newTenant({ phone: { ...settings.phone, countries: ['NL', 'BE'] } });
    const { send, me, proved, courier } = createBench({ tenant: wide });
    const factor = await proved('+32470123456');
    courier.sent.length = 0;
    const closed = { ...me, tenant: { ...wide, settings } };
    assert.deepEqual(await send(closed, [factor], 'sms'), { kind: 'refused', reason: 'phone-country' });
    assert.deepEqual(courier.sent, []);
  });

  test('a supplier’s fault is told as what it means for the person', async () => {
    const { send, me, proved, courier } = createBench();
    const factor = await proved();
    courier.fault = 'number';
    assert.deepEqual(await send(me, [factor], 'sms'), { kind: 'refused', reason: 'undeliverable' });
    courier.fault = 'unreachable';
    assert.deepEqual(await send(me, [factor], 'sms'), { kind: 'refused', reason: 'unavailable' });
    courier.channels = [];
    assert.deepEqual(await send(me, [factor], 'sms'), { kind: 'refused', reason: 'unavailable' });
  });

  test('a redeemed code leaves no wait behind', async () => {
    const { signIn, send, me, proved, lastCode } = createBench();
    const factor = await proved();
    await send(me, [factor], 'sms');
    assert.equal((await send(me, [factor], 'sms')).kind, 'wait');
    assert.ok((await signIn.check(me, [factor], { code: lastCode() })).ok);
    assert.equal((await send(me, [factor], 'sms')).kind, 'sent');
  });

  test('data that is not its own is a failure that does not quote it', async () => {
    const { signIn, send, me, proved } = createBench();
    const factor = await proved();
    for (const data of ['', '{', `"${MOBILE}"`, '{"phone":"0612345678"}', `{"phone":"${MOBILE}","more":1}`]) {
      const broken = { ...factor, data };
      const silent = (error: unknown) =>
        error instanceof AppError &&
        error.code === 'internal' &&
        error.cause === undefined &&
        !error.message.includes('612345678');
      await assert.rejects(async () => send(me, [broken], 'sms'), silent);
      await assert.rejects(async () => signIn.check(me, [broken], { code: '123456' }), silent);
    }
  });
});

describe('the ways of codes to phones', () => {
  test('are those that a supplier serves and the tenant wants, the text message first', () => {
    const { method, courier } = createBench();
    const { settings } = newTenant();
    const silent = newTenant({ secondStep: { ...settings.secondStep, spokenCode: false } });
    assert.deepEqual(method.channels(newTenant()), ['sms', 'voice']);
    assert.deepEqual(method.channels(silent), ['sms']);
    courier.channels = ['email', 'voice'];
    assert.deepEqual(method.channels(newTenant()), ['voice']);
    assert.deepEqual(method.channels(silent), []);
    courier.channels = [];
    assert.deepEqual(method.channels(newTenant()), []);
  });

  test('are no phishing-resistant ones', () => {
    assert.equal(createBench().method.phishingResistant, false);
  });
});
