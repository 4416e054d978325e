import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { examples, exampleValues, type Manifest, manifestsOf } from './chart.ts';
import { mountedKeys, type Workload, workloadsIn } from './pods.ts';

const holding = z.looseObject({ data: z.record(z.string(), z.string()) });

/** Whether Helm makes an object before it makes or changes the release, and when among those. */
function hookWeight({ metadata }: Manifest): number | undefined {
  const { 'helm.sh/hook': hook, 'helm.sh/hook-weight': weight } = metadata.annotations;
  if (hook === undefined) return undefined;
  assert.equal(hook, 'pre-install,pre-upgrade');
  return Number(weight);
}

/** Names of what a workload's pods can't start without, by kind. */
function neededBy({ pod }: Workload): [kind: string, name: string][] {
  const maps = pod.volumes.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap.name]));
  const secrets = mountedKeys(pod).map(({ secret }) => secret);
  return [
    ['ServiceAccount', pod.serviceAccountName],
    ...maps.map((name): [string, string] => ['ConfigMap', name]),
    ...[...new Set(secrets)].map((name): [string, string] => ['Secret', name]),
  ];
}

/** What an operator brings, as the examples' comments say. */
const brought = new Set(['poortwachter', 'poortwachter-owner', 'private-ca']);

for (const name of examples) {
  describe(name, () => {
    let manifests: Manifest[];
    let workloads: Workload[];
    before(async () => {
      manifests = await manifestsOf(exampleValues(name));
      workloads = workloadsIn(manifests);
    });

    test('the migration runs before the release is touched, and needs nothing of the release', () => {
      const job = workloads.find(({ of }) => of.kind === 'Job');
      assert.ok(job);
      const own = hookWeight(job.of);
      assert.equal(own, 0);
      for (const [kind, needed] of neededBy(job).filter(([, one]) => !brought.has(one))) {
        const object = manifests.find((one) => one.kind === kind && one.metadata.name === needed);
        assert.ok(object, `${kind} ${needed} is not there`);
        const weight = hookWeight(object);
        assert.ok(weight !== undefined && weight < own, `${kind} ${needed} is made too late`);
      }
    });

    test('the server needs nothing that goes when the migration is done', () => {
      const server = workloads.find(({ of }) => of.kind === 'Deployment');
      assert.ok(server);
      for (const [kind, needed] of neededBy(server).filter(([, one]) => !brought.has(one))) {
        const object = manifests.find((one) => one.kind === kind && one.metadata.name === needed);
        assert.ok(object, `${kind} ${needed} is not there`);
        assert.equal(hookWeight(object), undefined, `${kind} ${needed}`);
      }
    });

    test('what was made for the migration goes with it, the owner’s address first of all', () => {
      for (const object of manifests.filter((one) => hookWeight(one) !== undefined)) {
        const policies = object.metadata.annotations['helm.sh/hook-delete-policy'];
        assert.equal(policies, 'before-hook-creation,hook-succeeded', object.kind);
      }
      for (const object of manifests.filter(({ kind }) => kind === 'Secret')) {
        const keys = Object.keys(holding.parse(object).data);
        assert.equal(keys.includes('database-migration-url'), hookWeight(object) !== undefined);
      }
    });

    test('every key that a pod mounts is in the Secret that is made here', () => {
      for (const { of, pod } of workloads) {
        for (const { secret, key } of mountedKeys(pod).filter((one) => !brought.has(one.secret))) {
          const object = manifests.find((one) => one.kind === 'Secret' && one.metadata.name === secret);
          assert.ok(Object.hasOwn(holding.parse(object).data, key), `${of.kind}: ${key} of ${secret}`);
        }
      }
    });
  });
}
