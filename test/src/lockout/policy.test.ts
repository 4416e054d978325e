import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addressKey, passwordCounters, secondStepCounters } from '#src/lockout/policy.ts';

const address = 'digest-of-address';
const known = passwordCounters({ account: 'account-1', nameDigest: 'digest-1', address });
const unknown = passwordCounters({ account: undefined, nameDigest: 'digest-1', address });

describe('throttle policy', () => {
  test('five tries are free, then waits double from 30 seconds to an hour and are remembered for a day', () => {
    const [wait] = known;
    assert.deepEqual(
      { ...wait, key: '' },
      { kind: 'wait', key: '', free: 5, base: 30, max: 3600, memory: 86_400 },
    );
  });

  test('an address has 30 failures in ten minutes', () => {
    const [, window] = known;
    assert.deepEqual({ ...window, key: '' }, { kind: 'window', key: '', limit: 30, window: 600 });
  });

  test('known and unknown names get the same counters under different keys', () => {
    const shape = (counters: typeof known) => counters.map((counter) => ({ ...counter, key: '' }));
    assert.deepEqual(shape(known), shape(unknown));
    assert.notEqual(known[0].key, unknown[0].key);
  });

  test('an account has one count whatever name it was found by', () => {
    assert.deepEqual(passwordCounters({ account: 'account-1', nameDigest: 'digest-2', address }), known);
  });

  test('two unknown names are counted apart', () => {
    assert.notEqual(
      passwordCounters({ account: undefined, nameDigest: 'digest-2', address })[0].key,
      unknown[0].key,
    );
  });

  test('a name whose digest is an account id does not meet that account', () => {
    const posing = passwordCounters({ account: undefined, nameDigest: 'account-1', address });
    assert.notEqual(posing[0].key, known[0].key);
  });

  test('wrong codes are counted apart from wrong passwords, but against the same address', () => {
    const second = secondStepCounters({ accountId: 'account-1', address });
    assert.notEqual(second[0].key, known[0].key);
    assert.deepEqual(second[1], known[1]);
    assert.deepEqual({ ...second[0], key: '' }, { ...known[0], key: '' });
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
