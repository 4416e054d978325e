import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { exampleValues, type Tree, template } from './chart.ts';

const group = z.record(z.string(), z.unknown());

/** The minimal example with one value changed, or taken out with undefined. */
function changed(
  path: readonly string[],
  value: unknown,
  values: Tree = exampleValues('minimal.yaml'),
): Tree {
  const [key = '', ...rest] = path;
  if (rest.length > 0) return { ...values, [key]: changed(rest, value, group.parse(values[key] ?? {})) };
  const { [key]: _old, ...others } = values;
  return value === undefined ? others : { ...others, [key]: value };
}

async function refusal(values: Tree): Promise<string> {
  const { ok, stderr } = await template(values);
  assert.ok(!ok, 'it was not refused');
  return stderr;
}

test('without values everything that is needed is told at once, a line each', async () => {
  const words = await refusal({});
  for (const line of [
    'image.repository: is required',
    'config.issuer: is required',
    'config.tenant.name: is required',
    'config.tenant.productName: is required',
    'config.tenant.applicationName: is required',
    'config.tenant.initiateLoginUri: is required',
    'config.tenant.helpDesk: needs an email or a phone',
    'secrets.values.masterKey: is required, or secrets.existingSecret with the key master-key',
    'secrets.values.databaseUrl: is required',
    'secrets.values.databaseMigrationUrl: is required',
    'secrets.values.redisUrl: is required',
  ])
    assert.ok(words.includes(`\n  ${line}`), `${line}\n${words}`);
  assert.match(words, /The values have 11 faults/);
});

for (const [path, value, words] of [
  [['config', 'issuer'], undefined, /The values have 1 fault .*\n {2}config\.issuer: is required/],
  [['config', 'issuer'], 'http://login.example', /config\.issuer: must be https/],
  [['config', 'masterKey'], 'A'.repeat(43), /masterKey'? (is )?not allowed/],
  [['config', 'database'], { url: 'postgres://x' }, /url'? (is )?not allowed/],
  [['config', 'database'], { store: 'embedded' }, /store'? (is )?not allowed/],
  [['config', 'redis'], { store: 'memory' }, /store'? (is )?not allowed/],
  [['config', 'sesion'], {}, /sesion'? (is )?not allowed/],
  [['config', 'session'], { idleMinutes: 90 }, /idleMinutes.*60/],
  [['config', 'clients'], [{ client_id: 'a' }], /redirect_uris/],
  [['replicas'], 3, /replicas'? (is )?not allowed/],
  [['secrets', 'values', 'masterkey'], 'x', /masterkey'? (is )?not allowed/],
  [['secrets', 'values', 'redisUrl'], undefined, /secrets\.values\.redisUrl: is required/],
  [['secrets', 'files'], {}, /secrets\.files: must hold client-absence/],
  [['secrets', 'existingSecret'], 'mine', /secrets\.existingSecret: is given, and so are secrets\.values/],
  [
    ['secrets'],
    { existingSecret: 'mine', existingKeys: ['master-key'] },
    /existingKeys: must name redis-url/,
  ],
  [['reseal'], { enabled: true }, /reseal\.enabled: needs previous-master-keys/],
  [['autoscaling'], { enabled: true, minReplicas: 9 }, /autoscaling\.minReplicas: must not be more/],
] as const) {
  test(`${path.join('.')} is refused as ${JSON.stringify(value)}`, async () => {
    assert.match(await refusal(changed(path, value)), words);
  });
}

test('a refusal never repeats a secret', async () => {
  const words = await refusal(changed(['config', 'issuer'], undefined));
  assert.doesNotMatch(words, /ZXhhbXBs|example@/);
});

test('client secrets are refused in config, where everybody who may read a ConfigMap would see them', async () => {
  const clients = [{ client_id: 'a', redirect_uris: ['https://a.example'], client_secret: 's'.repeat(40) }];
  assert.match(await refusal(changed(['config', 'clients'], clients)), /client_secret'? (is )?not allowed/);
});
