import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPublicAddress } from '#adapters/messaging/public-lookup.ts';

test('addresses of this machine and of private networks are not public, in whatever spelling', () => {
  for (const address of [
    ...['127.0.0.1', '127.255.255.255', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.0.1'],
    ...['::', '::1', 'fe80::1', 'fd00::1', 'fc00::1', 'ff02::1', '::ffff:10.0.0.1', '::ffff:7f00:1'],
    ...['0:0:0:0:0:0:0:1', 'FD00::1', '64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1'],
    ...['', 'localhost', '10.0.0', '010.0.0.1'],
  ]) {
    assert.equal(isPublicAddress(address), false, address);
  }
});

test('addresses of the internet are public', () => {
  for (const address of [
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255'],
    ...['100.63.255.255', '100.128.0.0', '223.255.255.255', '2606:4700::1111', '::ffff:1.1.1.1'],
  ]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test('IPv4 written as IPv6 counts as what it is', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(isPublicAddress(`::ffff:${address}`), isPublicAddress(address));
    }),
  );
});
