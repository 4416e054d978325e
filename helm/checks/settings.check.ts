import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { type LoadResult, loadConfig } from '#config/load.ts';
import { chartSecrets } from '../chart-settings.ts';
import { examples, exampleValues, type Manifest, manifestsOf, only, type Tree } from './chart.ts';
import { mountedKeys, serverIn, type Workload, workloadsIn } from './pods.ts';

const settingsMap = z.looseObject({ data: z.strictObject({ 'settings.yaml': z.string() }) });

const pem = (title: string) => `-----BEGIN ${title}-----\nAAAA\n-----END ${title}-----\n`;

/** What an operator would have put under a key. */
const sampleSecrets: Record<string, string> = {
  'master-key': 'A'.repeat(43),
  'database-url': 'postgres://poortwachter:x@db.example/poortwachter?sslmode=verify-full',
  'database-migration-url': 'postgres://owner:x@db.example/poortwachter?sslmode=verify-full',
  'redis-url': 'rediss://:x@redis.example:6379',
  'previous-master-keys': 'B'.repeat(43),
  'redis-ca.pem': pem('CERTIFICATE'),
  'redis-client.pem': pem('CERTIFICATE'),
  'redis-client-key.pem': pem('PRIVATE KEY'),
};

/** Loads the configuration as the pod's process would: its variables, its files, the product's own loader. */
function loadedIn(manifests: readonly Manifest[], { pod }: Workload): LoadResult {
  const [map = ''] = pod.volumes.flatMap(({ configMap }) => configMap?.name ?? []);
  const { data } = only(manifests, 'ConfigMap', map, settingsMap);
  const files = new Map([['/etc/poortwachter/settings.yaml', data['settings.yaml']]]);
  for (const { key, path } of mountedKeys(pod)) {
    files.set(`/run/secrets/poortwachter/${path}`, sampleSecrets[key] ?? 's'.repeat(40));
  }
  const env = Object.fromEntries(pod.containers[0].env.map(({ name, value }) => [name, value]));
  return loadConfig({ env, readFile: (path) => files.get(path) ?? assert.fail(`${path} is not mounted`) });
}

/** The configuration of the server that these values make. */
async function configOf(values: Tree) {
  const manifests = await manifestsOf(values);
  const loaded = loadedIn(manifests, serverIn(manifests));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return { config: loaded.config, manifests };
}

describe('the product starts on what is rendered:', () => {
  for (const name of examples) {
    test(name, async () => {
      const manifests = await manifestsOf(exampleValues(name));
      for (const workload of workloadsIn(manifests)) {
        const loaded = loadedIn(manifests, workload);
        assert.deepEqual(loaded.ok ? [] : loaded.faults, [], workload.of.kind);
        if (!loaded.ok) continue;
        assert.equal(loaded.config.database.migrationUrl !== undefined, workload.of.kind === 'Job');
      }
    });
  }
});

test('one proxy is trusted behind the chart’s own ingress, and as many as the operator says', async () => {
  const values = exampleValues('ingress.yaml');
  assert.equal((await configOf(values)).config.listen.trustedHops, 1);
  const settings = z.looseObject({}).parse(values.config);
  const said = { ...values, config: { ...settings, listen: { trustedHops: 2 } } };
  assert.equal((await configOf(said)).config.listen.trustedHops, 2);
  const without = { ...values, ingress: { enabled: false } };
  assert.equal((await configOf(without)).config.listen.trustedHops, 0);
});

test('memory has room for every hash at a time, and a pod never makes more of them', async () => {
  for (const [name, mebibytes] of [
    ['ingress.yaml', 512],
    ['minimal.yaml', 294],
  ] as const) {
    const { config, manifests } = await configOf(exampleValues(name));
    const { limits } = serverIn(manifests).pod.containers[0].resources;
    assert.equal(limits.memory, `${mebibytes}Mi`);
    assert.ok(256 + (config.password.threads * config.password.memoryKib) / 1024 <= mebibytes, name);
  }
});

test('probes and service follow the ports of the settings', async () => {
  const values = exampleValues('minimal.yaml');
  const settings = z.looseObject({}).parse(values.config);
  const ports = { listen: { port: 8080, trustedHops: 1 }, management: { port: 9999 } };
  const { config, manifests } = await configOf({ ...values, config: { ...settings, ...ports } });
  const [container] = serverIn(manifests).pod.containers;
  assert.deepEqual(container.ports, [
    { name: 'http', containerPort: config.listen.port },
    { name: 'management', containerPort: config.management.port },
  ]);
  const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal('management') }) });
  const path = (of: string) => z.looseObject({ [of]: probe }).parse(container)[of]?.httpGet.path;
  assert.deepEqual(['startupProbe', 'livenessProbe', 'readinessProbe'].map(path), [
    '/readyz',
    '/livez',
    '/readyz',
  ]);
  const service = z.looseObject({
    spec: z.looseObject({ ports: z.array(z.looseObject({ targetPort: z.string() })) }),
  });
  const targets = only(manifests, 'Service', 'sso-poortwachter', service).spec.ports.map(
    (port) => port.targetPort,
  );
  assert.deepEqual(targets, ['http'], 'the management port is no part of the service');
});

test('other settings and other secrets make other pods', async () => {
  const values = exampleValues('minimal.yaml');
  const secrets = z.looseObject({ values: z.record(z.string(), z.string()) }).parse(values.secrets);
  const settings = z.looseObject({}).parse(values.config);
  const checksums = async (changed: Tree) =>
    serverIn(await manifestsOf({ ...values, ...changed })).annotations;
  const before = await checksums({});
  const otherSettings = await checksums({ config: { ...settings, session: { idleMinutes: 20 } } });
  const otherSecrets = await checksums({
    secrets: { ...secrets, values: { ...secrets.values, masterKey: 'B'.repeat(43) } },
  });
  assert.notEqual(otherSettings['checksum/settings'], before['checksum/settings']);
  assert.notEqual(otherSecrets['checksum/secrets'], before['checksum/secrets']);
  assert.equal(otherSettings['checksum/secrets'], before['checksum/secrets']);
});

test('every secret setting can be given as a value and as a key of an existing Secret', async () => {
  const { secrets: _none, ...values } = exampleValues('redis-cluster.yaml');
  const wanted = chartSecrets().filter(({ ownerOnly }) => !ownerOnly);
  const existingKeys = wanted.map(({ key }) => key);
  const given = Object.fromEntries(chartSecrets().map(({ name }) => [name, 'x']));
  for (const secrets of [{ existingSecret: 'poortwachter', existingKeys }, { values: given }]) {
    const { pod } = serverIn(await manifestsOf({ ...values, secrets }));
    const variables = pod.containers[0].env.map(({ name }) => name);
    for (const { variable } of wanted) assert.ok(variables.includes(`${variable}_FILE`), variable);
  }
});
