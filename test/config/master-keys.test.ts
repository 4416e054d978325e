import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig, parseSettings } from '#config/load.ts';
import { listedKeys } from '#config/master-keys.ts';
import { validSettings } from './valid-settings.ts';

const ONE = keyOf(1);
const TWO = keyOf(2);
const THREE = keyOf(3);
const ODD = Buffer.alloc(32, 0xfb);

function keyOf(fill: number): string {
  return Buffer.alloc(32, fill).toString('base64');
}

function faultOf(masterKey: string | undefined, previousMasterKeys: string): string | undefined {
  const result = parseSettings({ ...validSettings, masterKey, previousMasterKeys });
  if (result.ok) return undefined;
  return result.faults.find(({ key }) => key === 'previousMasterKeys')?.reason;
}

describe('previous master keys', () => {
  test('are one or several, one a line or with commas', () => {
    for (const text of [TWO, `${TWO},${THREE}`, `${TWO}\n${THREE}\n`, ` ${TWO}, ${THREE} `]) {
      assert.equal(faultOf(ONE, text), undefined, text);
    }
    assert.deepEqual(listedKeys(`${TWO}\r\n${THREE}, ${ONE}\n`), [TWO, THREE, ONE]);
  });

  test('come from a file like every secret, and are never shown', () => {
    const file = `${TWO}\n${THREE}\n`;
    const result = loadConfig({
      env: { POORTWACHTER_PREVIOUS_MASTER_KEYS_FILE: '/keys' },
      readFile: () => file,
      base: { ...validSettings, masterKey: ONE },
    });
    assert.ok(result.ok);
    assert.equal(result.config.previousMasterKeys?.reveal(), file.trimEnd());
    assert.equal(JSON.stringify(result.config).includes(TWO), false);
  });

  test('are refused when one is none, stands there twice in any spelling, or is the master key', () => {
    assert.match(faultOf(ONE, `${TWO},short`) ?? '', /must be keys of 32 random bytes/);
    assert.match(faultOf(ONE, ' , ') ?? '', /names no key/);
    assert.match(faultOf(ONE, `${TWO},${THREE},${TWO}`) ?? '', /twice/);
    const spellings = `${ODD.toString('base64')},${ODD.toString('base64url')}`;
    assert.match(faultOf(ONE, spellings) ?? '', /twice/);
    assert.match(faultOf(ODD.toString('base64'), ODD.toString('base64url')) ?? '', /the master key itself/);
    assert.equal(faultOf(ONE, `${TWO},short`)?.includes('short'), false, 'no fault shows a secret');
  });
});
