import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { Secret } from '#config/secrets.ts';

const marker = 'correct-horse-7f3a';

test('a secret gives its text to reveal and to nothing else', () => {
  const secret = new Secret(marker);
  assert.equal(secret.reveal(), marker);
  const prints = {
    string: String(secret),
    template: `${secret}`,
    joined: [secret].join(),
    json: JSON.stringify({ secret }),
    inspect: inspect({ secret }, { showHidden: true, depth: 9 }),
    plainInspect: inspect(secret, { customInspect: false, showHidden: true }),
    format: format('%s %o %O %j', secret, secret, secret, secret),
    keys: Object.keys(secret).join(),
    names: Object.getOwnPropertyNames(secret).join(),
    copy: JSON.stringify({ ...secret }),
    clone: JSON.stringify(structuredClone(secret)),
    error: inspect(new Error('x', { cause: secret })),
  };
  for (const [way, text] of Object.entries(prints)) assert.ok(!text.includes(marker), way);
});

test('two secrets print alike whatever they are and however long', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      const [a, b] = [new Secret(left), new Secret(right)];
      assert.equal(inspect(a), inspect(b));
      assert.equal(JSON.stringify(a), JSON.stringify(b));
      assert.equal(String(a), String(b));
    }),
  );
});
