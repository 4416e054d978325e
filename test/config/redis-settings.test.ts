import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { filesOf, validSettings } from './valid-settings.ts';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n';
const files = filesOf({ '/ca.pem': CERTIFICATE, '/cert.pem': CERTIFICATE, '/key.pem': KEY, '/empty': '' });

function faultsOf(redis: RawSettings['redis']): string[] {
  const result = parseSettings({ ...validSettings, redis, unsafe: { unverifiedRedis: true } }, files);
  return result.ok ? [] : result.faults.map(({ key, reason }) => `${key}: ${reason}`);
}

test('every way to run Redis is accepted with what it needs', () => {
  const tls = { caFile: '/ca.pem', certFile: '/cert.pem', keyFile: '/key.pem' };
  for (const redis of [
    { url: 'redis://a/3' },
    { url: 'rediss://a', ...tls },
    { topology: 'sentinel', url: 'redis://a,b,c/3', sentinelName: 'main' },
    { topology: 'sentinel', url: 'rediss://a', sentinelName: 'main', sentinelPassword: 'p', ...tls },
    {
      topology: 'sentinel',
      url: 'redis://a',
      sentinelName: 'm',
      sentinelUsername: 'u',
      sentinelPassword: 'p',
    },
    { topology: 'cluster', url: 'redis://a,b,c' },
    { topology: 'cluster', url: 'rediss://u:p@a/0', ...tls },
  ] as const) {
    assert.deepEqual(faultsOf(redis), [], JSON.stringify(redis));
  }
});

test('what does not go together is told by the key that has to change', () => {
  const cases: [RawSettings['redis'], ...string[]][] = [
    [{}, 'redis.url: is needed while redis.store is redis'],
    [{ url: 'redis://a,b' }, 'redis.url: names several hosts: set redis.topology to sentinel or cluster'],
    [
      { topology: 'sentinel', url: 'redis://a,b' },
      'redis.sentinelName: is needed while redis.topology is sentinel',
    ],
    [
      { topology: 'cluster', url: 'redis://a/1' },
      'redis.url: must not name a database while redis.topology is cluster: a cluster has only one',
    ],
    [
      { url: 'redis://a', sentinelName: 'm', sentinelUsername: 'u', sentinelPassword: 'p' },
      'redis.sentinelName: is of use only while redis.topology is sentinel',
      'redis.sentinelUsername: is of use only while redis.topology is sentinel',
      'redis.sentinelPassword: is of use only while redis.topology is sentinel',
    ],
    [
      { topology: 'sentinel', url: 'redis://a', sentinelName: 'm', sentinelUsername: 'u' },
      'redis.sentinelPassword: is needed with redis.sentinelUsername',
    ],
    [
      { url: 'redis://a', caFile: '/ca.pem' },
      'redis.caFile: is of use only with an address that begins with rediss://',
    ],
    [{ url: 'rediss://a', certFile: '/cert.pem' }, 'redis.keyFile: is needed with redis.certFile'],
    [{ url: 'rediss://a', keyFile: '/key.pem' }, 'redis.certFile: is needed with redis.keyFile'],
  ];
  for (const [redis, ...expected] of cases) assert.deepEqual(faultsOf(redis), expected);
});

test('a contradiction is told beside a key that is wrong in itself', () => {
  assert.deepEqual(faultsOf({ topology: 'sentinel', url: 'http://a', certFile: '/cert.pem' }), [
    'redis.url: must begin with redis:// or rediss://',
    'redis.sentinelName: is needed while redis.topology is sentinel',
    'redis.keyFile: is needed with redis.certFile',
  ]);
});

test('a certificate or key that can not be read is told before anything starts', () => {
  const url = 'rediss://a';
  assert.deepEqual(faultsOf({ url, caFile: '/gone', certFile: '/empty', keyFile: '/cert.pem' }), [
    "redis.caFile: can't read /gone: it does not exist",
    'redis.certFile: the file /empty holds no PEM certificate',
    'redis.keyFile: the file /cert.pem holds no PEM private key',
  ]);
});

test('every setting has its variable, and the password of the sentinels may come from a file', () => {
  const result = loadConfig({
    base: { ...validSettings, redis: {} },
    env: {
      REDIS_URL: 'rediss://a,b',
      POORTWACHTER_REDIS_TOPOLOGY: 'sentinel',
      POORTWACHTER_REDIS_SENTINEL_NAME: 'main',
      POORTWACHTER_REDIS_SENTINEL_USERNAME: 'watcher',
      POORTWACHTER_REDIS_SENTINEL_PASSWORD_FILE: '/secret',
      POORTWACHTER_REDIS_CA_FILE: '/ca.pem',
      POORTWACHTER_REDIS_CERT_FILE: '/cert.pem',
      POORTWACHTER_REDIS_KEY_FILE: '/key.pem',
    },
    readFile: (path) => (path === '/secret' ? 'p\n' : files(path)),
  });
  assert.ok(result.ok, JSON.stringify(result));
  const { topology, sentinelName, sentinelUsername, sentinelPassword, caFile } = result.config.redis;
  assert.deepEqual(
    [topology, sentinelName, sentinelUsername, caFile],
    ['sentinel', 'main', 'watcher', '/ca.pem'],
  );
  assert.equal(sentinelPassword?.reveal(), 'p');
});
