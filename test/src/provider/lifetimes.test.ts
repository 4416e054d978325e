import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { grantTtl, OFFLINE_TTL, sessionLife, sessionTtl } from '#src/provider/lifetimes.ts';

const life = sessionLife({ idleMinutes: 30, absoluteHours: 10, sharedIdleMinutes: 15, freshMinutes: 5 });

test('the policy’s numbers are seconds', () => {
  assert.deepEqual(life, { idle: 1_800, sharedIdle: 900, absolute: 36_000 });
});

test('a session lives its idle time, cut off at its absolute end, and a whole number of seconds', () => {
  const signedInAt = 1_800_000_000;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000 }), (passed) => {
      const ttl = sessionTtl(life, signedInAt, signedInAt + passed);
      assert.ok(Number.isInteger(ttl) && ttl >= 1 && ttl <= life.idle);
      assert.ok(passed + ttl <= Math.max(life.absolute, passed + 1));
      if (passed + life.idle <= life.absolute) assert.equal(ttl, life.idle);
    }),
  );
});

test('a session that nobody signed in to lives its idle time', () => {
  assert.equal(sessionTtl(life, undefined, 5), life.idle);
});

test('a grant lives as long as anything it can hold', () => {
  assert.equal(grantTtl(life, 'openid offline_access'), OFFLINE_TTL);
  assert.equal(grantTtl(life, 'openid'), life.absolute + 600);
  assert.equal(grantTtl(life, 'openid not_offline_access'), life.absolute + 600);
});
