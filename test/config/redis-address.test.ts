import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisAddress, type RedisAddress, redisHosts } from '#config/redis-address.ts';

function read(text: string): RedisAddress {
  const parsed = parseRedisAddress(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.fault);
  return parsed.address;
}

test('an address of one server has defaults for everything but its host', () => {
  assert.deepEqual(read('redis://cache'), {
    tls: false,
    username: undefined,
    password: undefined,
    nodes: [{ host: 'cache', port: undefined }],
    database: 0,
  });
});

test('an address names scheme, user, password, several hosts and a database', () => {
  assert.deepEqual(read('rediss://app:p%40ss%2Fw%3Ard@a.example:26379,b:26380,[2001:db8::1]:1,[::1]/7'), {
    tls: true,
    username: 'app',
    password: 'p@ss/w:rd',
    nodes: [
      { host: 'a.example', port: 26_379 },
      { host: 'b', port: 26_380 },
      { host: '2001:db8::1', port: 1 },
      { host: '::1', port: undefined },
    ],
    database: 7,
  });
});

test('a password without a user is that of the default user, and only the last @ ends it', () => {
  const { username, password, nodes } = read('redis://:p@ss@cache:6379/');
  assert.deepEqual([username, password, nodes], [undefined, 'p@ss', [{ host: 'cache', port: 6379 }]]);
  assert.equal(read('redis://app@cache').username, 'app');
});

test('what is no address is refused with a sentence that repeats nothing of it', () => {
  const planted = 'planted-secret';
  for (const text of [
    planted,
    `http://:${planted}@a`,
    `redis://`,
    `redis://:${planted}@`,
    `redis://:${planted}@a,`,
    `redis://:${planted}@,a`,
    `redis://:${planted}@a:0`,
    `redis://:${planted}@a:65536`,
    `redis://:${planted}@a:b`,
    `redis://:${planted}@::1`,
    `redis://:${planted}@[a]`,
    `redis://:${planted}@[::1`,
    `redis://:${planted}@a b`,
    `redis://:${planted}@a?family=6`,
    `redis://:${planted}@a#x`,
    `redis://:${planted}@a/0/1`,
    `redis://:${planted}@a/first`,
    `redis://:${planted}/x@a`,
    `redis://:${planted}%@a`,
    `REDIS://:${planted}@a`,
  ]) {
    const parsed = parseRedisAddress(text);
    assert.ok(!parsed.ok, text);
    assert.doesNotMatch(parsed.fault, /planted/);
    assert.match(parsed.fault, /^must /);
  }
});

test('every host of an address is listed, addresses of version 6 in brackets', () => {
  assert.deepEqual(redisHosts('rediss://u:p@a:1,127.0.0.1,[::1]:2/3'), ['a', '127.0.0.1', '[::1]']);
  assert.deepEqual(redisHosts('redis://u:p@a:b'), []);
});
