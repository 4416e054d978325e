import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createLog } from '#src/log.ts';
import { createCourier } from '#src/message/courier.ts';
import type { DeliveryFault, Dispatch, SendResult, Supplier } from '#src/message/ports.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';

const order: Omit<Dispatch, 'delivery' | 'at'> = {
  ...{ channel: 'sms', to: '+31612345678', text: '123456 is uw inlogcode.' },
  ...{ tenantId: 'tenant-1', issuer: 'https://login.example' },
};

const FAULTS = ['number', 'balance', 'rejected', 'unreachable'] as const;

/** What a supplier does with a message: take it, refuse it, or say nothing until it is given up. */
type Behaviour = 'takes' | 'silent' | 'breaks' | DeliveryFault;

interface Scripted extends Supplier {
  does: Behaviour;
  got: Dispatch[];
  /** Milliseconds that each try was given. */
  given: number[];
}

/** A place whose time only moves when somebody is silent: then by all the time that was given. */
function openPlace(...script: Behaviour[]) {
  const clock = createTestClock();
  const lines: string[] = [];
  const suppliers = script.map((does, index) => scripted(`s${index}`, does, clock));
  const courier = createCourier({
    suppliers: { sms: suppliers },
    clock,
    log: createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) }),
    timeout: timeoutOf,
  });
  return {
    courier,
    clock,
    lines,
    suppliers,
    asked: () => suppliers.flatMap(({ name, got }) => got.map(() => name)),
  };
}

const times = new WeakMap<AbortSignal, number>();

function timeoutOf(ms: number): AbortSignal {
  const { signal } = new AbortController();
  times.set(signal, ms);
  return signal;
}

function scripted(name: string, does: Behaviour, clock: TestClock): Scripted {
  const supplier: Scripted = {
    ...{ name, does, channels: ['sms'], got: [], given: [] },
    send: async (dispatch, signal): Promise<SendResult> => {
      const ms = times.get(signal) ?? 0;
      supplier.got.push(dispatch);
      supplier.given.push(ms);
      if (supplier.does === 'takes') return { ok: true, supplier: name, delivery: dispatch.delivery };
      if (supplier.does === 'breaks') throw new Error('a bug');
      if (supplier.does !== 'silent') return { ok: false, fault: supplier.does };
      clock.advance(ms);
      return { ok: false, fault: 'unreachable' };
    },
  };
  return supplier;
}

describe('the courier', () => {
  test('hands a message to the first that takes it, and to nobody after', async () => {
    const { courier, suppliers, asked, clock } = openPlace('takes', 'takes');
    const result = await courier.send(order);
    const [dispatch] = suppliers[0]?.got ?? [];
    assert.deepEqual(result, { ok: true, supplier: 's0', delivery: dispatch?.delivery });
    assert.deepEqual(dispatch, { ...order, at: clock.now(), delivery: dispatch?.delivery });
    assert.match(dispatch?.delivery ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(asked(), ['s0']);
  });

  for (const fault of [...FAULTS, 'breaks', 'silent'] as const) {
    test(`goes on to the next when one is: ${fault}`, async () => {
      const { courier, suppliers } = openPlace(fault, 'takes');
      const result = await courier.send(order);
      assert.equal(result.ok && result.supplier, 's1');
      // News of the try that was given up is no news of the one that was not.
      const [first, second] = suppliers.map(({ got }) => got[0]?.delivery);
      assert.notEqual(first, second);
    });
  }

  test('leaves a silent first one six seconds, and the second all the rest of ten', async () => {
    const { courier, suppliers } = openPlace('silent', 'silent');
    assert.deepEqual(await courier.send(order), { ok: false, fault: 'unreachable' });
    assert.deepEqual(
      suppliers.map(({ given }) => given),
      [[6000], [4000]],
    );
  });

  test('never takes longer than ten seconds, and leaves everybody some time', async () => {
    const behaviour = fc.constantFrom<Behaviour>('takes', 'silent', 'breaks', ...FAULTS);
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { maxLength: 5 }), async (script) => {
        const { courier, clock, suppliers } = openPlace(...script);
        const start = clock.now();
        const result = await courier.send(order);
        assert.ok(clock.now() - start <= 10_000);
        assert.ok(suppliers.every(({ given }) => given.every((ms) => ms > 0)));
        assert.equal(result.ok, script.includes('takes'));
      }),
    );
  });

  test('is not held up by a clock that is set back', async () => {
    const { courier, suppliers, clock } = openPlace('rejected', 'takes');
    const [first] = suppliers;
    assert.ok(first !== undefined);
    const send = first.send;
    first.send = (...args) => {
      clock.advance(-3_600_000);
      return send(...args);
    };
    await courier.send(order);
    assert.deepEqual(suppliers[1]?.given, [10_000]);
  });

  test('tells that the number is at fault when one says so, else what the first one said', async () => {
    for (const [script, fault] of [
      [['rejected', 'number'], 'number'],
      [['number', 'unreachable'], 'number'],
      [['balance', 'rejected'], 'balance'],
      [['breaks', 'rejected'], 'unreachable'],
      [[], 'unreachable'],
    ] as const) {
      assert.deepEqual(await openPlace(...script).courier.send(order), { ok: false, fault });
    }
  });

  test('serves the channels that somebody serves', async () => {
    const { courier } = openPlace('takes');
    assert.deepEqual(courier.channels, ['sms']);
    assert.deepEqual(openPlace().courier.channels, []);
    assert.deepEqual(await courier.send({ ...order, channel: 'voice' }), { ok: false, fault: 'unreachable' });
  });
});

describe('during an outage', () => {
  for (const fault of ['unreachable', 'balance', 'silent'] as const) {
    test(`a supplier that was: ${fault}, comes last for half a minute`, async () => {
      const { courier, suppliers, clock, asked } = openPlace(fault, 'takes');
      await courier.send(order);
      assert.deepEqual(asked(), ['s0', 's1']);
      clock.advance(29_999);
      await courier.send(order);
      assert.equal(suppliers[0]?.got.length, 1, 'the first one is spared');
      clock.advance(1);
      await courier.send(order);
      assert.equal(suppliers[0]?.got.length, 2, 'and tried again afterwards');
    });
  }

  for (const fault of ['number', 'rejected'] as const) {
    test(`a supplier that was: ${fault}, is asked again at once: another message may fit`, async () => {
      const { courier, suppliers } = openPlace(fault, 'takes');
      await courier.send(order);
      await courier.send(order);
      assert.equal(suppliers[0]?.got.length, 2);
    });
  }

  test('a supplier that comes last is still tried when nobody else takes the message', async () => {
    const { courier, suppliers } = openPlace('unreachable', 'takes');
    const [first, second] = suppliers;
    assert.ok(first !== undefined && second !== undefined);
    await courier.send(order);
    Object.assign(first, { does: 'takes' });
    Object.assign(second, { does: 'silent' });
    assert.equal((await courier.send(order)).ok, true);
    // It works again, so it is first again.
    Object.assign(second, { does: 'takes' });
    const result = await courier.send(order);
    assert.equal(result.ok && result.supplier, 's0');
  });
});

describe('the log', () => {
  test('tells of every try that failed: who, why, for whom; never the text or the number', async () => {
    const { courier, lines, suppliers } = openPlace('balance', 'number', 'breaks');
    await courier.send(order);
    const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'message not taken');
    assert.deepEqual(
      told.map(({ supplier, fault, channel, tenantId, ending, delivery }) => [
        ...[supplier, fault, channel, tenantId, ending, delivery],
      ]),
      (['balance', 'number', 'unreachable'] as const).map((fault, index) => [
        ...[`s${index}`, fault, 'sms', 'tenant-1', '78', suppliers[index]?.got[0]?.delivery],
      ]),
    );
    for (const secret of ['123456', '612345678', 'inlogcode']) {
      assert.ok(!lines.join('').includes(secret), lines.join(''));
    }
  });

  test('has no part of an e-mail address', async () => {
    const lines: string[] = [];
    const clock = createTestClock();
    const courier = createCourier({
      suppliers: { email: [scripted('smtp', 'number', clock)] },
      clock,
      log: createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) }),
    });
    await courier.send({ ...order, channel: 'email', to: 'somebody@employer.example' });
    assert.doesNotMatch(lines.join(''), /employer|ending/);
  });
});
