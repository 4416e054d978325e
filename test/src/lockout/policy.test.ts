import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  addressKey,
  answerCounters,
  passwordCounters,
  type StepCounters,
  secondStepCounters,
  setUpCounters,
} from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';

const address = 'digest-of-address';
const lane = STRANGERS;
const known = passwordCounters({ account: 'account-1', lane, nameDigest: 'digest-1', address });
const unknown = passwordCounters({ account: undefined, lane, nameDigest: 'digest-1', address });
const keysOf = ({ waits }: StepCounters) => waits.map(({ key }) => key);
const shapeOf = (counters: StepCounters) => ({
  ...counters,
  waits: counters.waits.map((wait) => ({ ...wait, key: '' })),
});

describe('throttle policy', () => {
  test('five tries are free, then waits double from 30 seconds to an hour and are remembered for a day', () => {
    const times = { kind: 'wait', key: '', free: 5, base: 30, max: 3600, memory: 86_400 };
    assert.deepEqual(shapeOf(known).waits, [times]);
  });

  test('an address has 30 failures in ten minutes', () => {
    assert.deepEqual({ ...known.address, key: '' }, { kind: 'window', key: '', limit: 30, window: 600 });
  });

  test('known and unknown names get the same counters under different keys', () => {
    assert.deepEqual(shapeOf(known), shapeOf(unknown));
    assert.notDeepEqual(keysOf(known), keysOf(unknown));
  });

  test('an account has one count whatever name it was found by', () => {
    const other = passwordCounters({ account: 'account-1', lane, nameDigest: 'digest-2', address });
    assert.deepEqual(other, known);
  });

  test('two unknown names are counted apart', () => {
    const other = passwordCounters({ account: undefined, lane, nameDigest: 'digest-2', address });
    assert.notDeepEqual(keysOf(other), keysOf(unknown));
  });

  test('a name whose digest is an account id does not meet that account', () => {
    const posing = passwordCounters({ account: undefined, lane, nameDigest: 'account-1', address });
    assert.notDeepEqual(keysOf(posing), keysOf(known));
  });

  test('a browser known to somebody is a stranger to a name that nobody has', () => {
    const claimed = { account: undefined, lane: 'browser-1', nameDigest: 'digest-1', address };
    assert.deepEqual(passwordCounters(claimed), unknown);
  });

  test('strangers are counted under the keys that there were before browsers had lanes', () => {
    assert.deepEqual(keysOf(known), ['password:account:account-1']);
    assert.deepEqual(keysOf(unknown), ['password:name:digest-1']);
    assert.equal(known.address.key, 'address:digest-of-address');
  });

  test('each method has five free tries, all methods of a person together twenty, and both wait alike', () => {
    const second = secondStepCounters({ accountId: 'account-1', method: 'totp', lane, address });
    const times = { kind: 'wait', key: '', base: 30, max: 3600, memory: 86_400 };
    assert.deepEqual(shapeOf(second).waits, [
      { ...times, free: 5 },
      { ...times, free: 20 },
    ]);
    const other = secondStepCounters({ accountId: 'account-1', method: 'sms', lane, address });
    assert.notEqual(other.waits[0]?.key, second.waits[0]?.key);
    assert.deepEqual(other.waits[1], second.waits[1]);
  });
});

const [uuid, digest] = [fc.uuid(), fc.stringMatching(/^[\w-]{43}$/)];
const method = fc.constantFrom('totp', 'sms', 'webauthn', 'yubico-otp', 'backup-code');
const place = fc.record({ lane: fc.oneof(fc.constant(STRANGERS), digest), address: digest });

/** Every counter that can be kept about one account. */
const ofAccount = (accountId: string, name: string) =>
  fc.oneof(
    place.map((at) => passwordCounters({ ...at, account: accountId, nameDigest: name })),
    fc.tuple(place, method).map(([at, by]) => secondStepCounters({ ...at, accountId, method: by })),
    place.map((at) => setUpCounters({ ...at, accountId })),
    place.map((at) => answerCounters({ ...at, accountId })),
  );

describe('throttle policy, for all accounts, browsers and methods', () => {
  test('no count of one account is one of another account, or of an unknown name', () => {
    fc.assert(
      fc.property(
        fc.tuple(uuid, uuid, digest).chain(([one, other, name]) => {
          fc.pre(one !== other);
          return fc.tuple(ofAccount(one, name), ofAccount(other, name), fc.constant(name));
        }),
        ([one, other, name]) => {
          const nobody = passwordCounters({ account: undefined, lane, nameDigest: name, address });
          const others = new Set([...keysOf(other), ...keysOf(nobody)]);
          assert.ok(keysOf(one).every((key) => !others.has(key)));
        },
      ),
    );
  });

  test('no count of one lane is one of another lane', () => {
    fc.assert(
      fc.property(uuid, place, place, method, method, (id, one, other, by, otherBy) => {
        fc.pre(one.lane !== other.lane);
        const at = (where: typeof one, how: string) => [
          ...keysOf(passwordCounters({ ...where, account: id, nameDigest: 'n' })),
          ...keysOf(secondStepCounters({ ...where, accountId: id, method: how })),
        ];
        const others = new Set(at(other, otherBy));
        assert.ok(at(one, by).every((key) => !others.has(key)));
      }),
    );
  });

  test('passwords, second steps, methods being set up and answers never share a count of the person', () => {
    fc.assert(
      fc.property(uuid, place, place, method, (accountId, one, other, by) => {
        const keys = [
          passwordCounters({ ...one, account: accountId, nameDigest: 'n' }),
          secondStepCounters({ ...other, accountId, method: by }),
          setUpCounters({ ...one, accountId }),
          answerCounters({ ...other, accountId }),
        ].flatMap(keysOf);
        assert.equal(new Set(keys).size, keys.length);
      }),
    );
  });

  test('every failure counts against its address, which refuses everybody but a known browser', () => {
    fc.assert(
      fc.property(uuid, place, method, (accountId, at, by) => {
        const steps = [
          passwordCounters({ ...at, account: accountId, nameDigest: 'n' }),
          secondStepCounters({ ...at, accountId, method: by }),
        ];
        for (const step of steps) {
          assert.equal(step.address.key, `address:${at.address}`);
          assert.equal(step.addressRefuses, at.lane === STRANGERS);
        }
        assert.ok(setUpCounters({ ...at, accountId }).addressRefuses);
        assert.ok(answerCounters({ ...at, accountId }).addressRefuses);
      }),
    );
  });
});

describe('key of an address', () => {
  test('an IPv4 address is itself, in every spelling of its IPv6 form', () => {
    for (const ip of [
      '203.0.113.9',
      '::ffff:203.0.113.9',
      '::FFFF:cb00:7109',
      '0:0:0:0:0:ffff:203.0.113.9',
      ' 203.0.113.9 ',
    ]) {
      assert.equal(addressKey(ip), '203.0.113.9');
    }
  });

  test('all of an IPv6 /64 is one source and the next /64 is another', () => {
    assert.equal(addressKey('2001:db8:1:2::1'), '2001:db8:1:2::/64');
    assert.equal(addressKey('2001:DB8:1:2:ffff:ffff:ffff:ffff'), '2001:db8:1:2::/64');
    assert.equal(addressKey('2001:db8:1:3::1'), '2001:db8:1:3::/64');
    assert.equal(addressKey('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(addressKey('::1'), '0:0:0:0::/64');
    assert.equal(addressKey('64:ff9b::203.0.113.9'), '64:ff9b:0:0::/64');
  });

  test('the lower half of an IPv6 address never matters, and the upper half always does', () => {
    const half = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 });
    const text = (upper: number[], lower: number[]) =>
      [...upper, ...lower].map((n) => n.toString(16)).join(':');
    fc.assert(
      fc.property(half, half, half, half, (upper, lower, otherUpper, otherLower) => {
        fc.pre(upper.some((group) => group !== 0) && otherUpper.some((group) => group !== 0));
        assert.equal(addressKey(text(upper, lower)), addressKey(text(upper, otherLower)));
        const same = text(upper, []) === text(otherUpper, []);
        assert.equal(addressKey(text(upper, lower)) === addressKey(text(otherUpper, lower)), same);
      }),
    );
  });

  test('every spelling of an IPv6 address has the key of its shortest one', () => {
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        fc.pre(isIPv6(ip));
        assert.equal(addressKey(ip), addressKey(new URL(`http://[${ip}]/`).hostname.slice(1, -1)));
      }),
    );
  });

  test('what is no address is one source', () => {
    for (const text of ['', 'localhost', '203.0.113.9:443', '1.2.3', '::g', '203.0.113.9, 10.0.0.1']) {
      assert.equal(addressKey(text), 'unknown');
    }
  });
});
