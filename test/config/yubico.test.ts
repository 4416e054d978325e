import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatFaults } from '#config/check.ts';
import { loadConfig, parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { composeYubico } from '#src/compose/yubico.ts';
import { createLog } from '#src/log.ts';
import { filesOf, validSettings } from './valid-settings.ts';

const SECRET = 'mG5be6ZJU1qBGz24yPh/ESM3UdU=';
const log = createLog({ level: 'silent', format: 'json' });

function read(yubico: RawSettings['yubico'], plainHttp = false) {
  return parseSettings({ ...validSettings, yubico, unsafe: { plainHttp } }, filesOf({}));
}

function faultsOf(yubico: RawSettings['yubico'], plainHttp = false): string[] {
  const result = read(yubico, plainHttp);
  return result.ok ? [] : result.faults.map(({ key, reason }) => `${key}: ${reason}`);
}

describe('who validates YubiKey codes', () => {
  test('is nobody unless told, and then YubiCloud', () => {
    const silent = read(undefined);
    assert.ok(silent.ok);
    assert.equal(composeYubico({ config: silent.config, log }), undefined);
    const told = read({ clientId: 4711, secretKey: SECRET });
    assert.ok(told.ok);
    assert.deepEqual(told.config.yubico.servers, ['https://api.yubico.com/wsapi/2.0/verify']);
    assert.equal(told.config.yubico.secretKey?.reveal(), SECRET);
    assert.notEqual(composeYubico({ config: told.config, log }), undefined);
  });

  test('is told by the environment alone, the key from a file', () => {
    const env = {
      POORTWACHTER_YUBICO_CLIENT_ID: '4711',
      POORTWACHTER_YUBICO_SECRET_KEY_FILE: '/run/key',
    };
    const result = loadConfig({ base: validSettings, env, readFile: filesOf({ '/run/key': `${SECRET}\n` }) });
    assert.ok(result.ok);
    assert.equal(result.config.yubico.clientId, 4711);
    assert.equal(result.config.yubico.secretKey?.reveal(), SECRET);
  });

  test('is a fault when half of it is told, by the key that is missing', () => {
    assert.deepEqual(faultsOf({ clientId: 4711 }), ['yubico.secretKey: is needed with yubico.clientId']);
    assert.deepEqual(faultsOf({ secretKey: SECRET }), ['yubico.clientId: is needed with yubico.secretKey']);
    assert.deepEqual(faultsOf({ servers: ['https://otp.example/wsapi/2.0/verify'] }), [
      'yubico.clientId: is needed with yubico.servers',
    ]);
    assert.deepEqual(faultsOf({ clientId: 0 }), [
      'yubico.clientId: must be at least 1',
      'yubico.secretKey: is needed with yubico.clientId',
    ]);
  });

  test('must have a key that is base64 of 16 bytes or more, which no fault repeats', () => {
    for (const secretKey of ['', 'short', 'c'.repeat(21), `${SECRET}=x`, 'not base 64 at all, but long']) {
      const result = read({ clientId: 4711, secretKey });
      assert.ok(!result.ok, secretKey);
      const text = formatFaults(result.faults);
      assert.match(text, /yubico\.secretKey/);
      if (secretKey !== '') assert.equal(text.includes(secretKey), false);
    }
  });
});

describe('servers of one’s own', () => {
  const own = (...servers: string[]) => ({ clientId: 1, secretKey: SECRET, servers });

  test('are https addresses, each once', () => {
    assert.deepEqual(
      faultsOf(own('https://a.example/wsapi/2.0/verify', 'https://b.example:8443/verify')),
      [],
    );
    for (const servers of [
      [],
      ['https://a.example/', 'https://a.example/'],
      ['otp.example'],
      ['ftp://otp.example/'],
      ['https://user:password@otp.example/'],
      ['https://otp.example/verify?id=1'],
      ['https://otp.example/verify#x'],
      ['http://otp.example/wsapi/2.0/verify'],
    ]) {
      assert.equal(faultsOf(own(...servers), true).length, 1, servers.join());
    }
  });

  test('may speak http on this machine only, and only where plain http is allowed by name', () => {
    const local = own('https://a.example/', 'http://127.0.0.1:8080/verify');
    assert.deepEqual(faultsOf(local, true), []);
    assert.deepEqual(faultsOf(local), ['yubico.servers[1]: must be https; http only with unsafe.plainHttp']);
  });
});
