import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { examples, exampleValues, type Manifest, manifestsOf } from './chart.ts';
import { mountedKeys, type Workload, workloadsIn } from './pods.ts';

const holding = z.looseObject({ data: z.record(z.string(), z.string()) });

/** When Helm makes an object that is no part of the release itself: at which moments, and in which order then. */
function hookOf({ metadata }: Manifest): { moments: string; weight: number } | undefined {
  const { 'helm.sh/hook': moments, 'helm.sh/hook-weight': weight } = metadata.annotations;
  return moments === undefined ? undefined : { moments, weight: Number(weight) };
}

/** The migration before the release is touched, resealing when the release is there. */
const momentsOf: Record<string, string> = {
  'sso-poortwachter-migration': 'pre-install,pre-upgrade',
  'sso-poortwachter-reseal': 'post-upgrade',
};

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

    test('a job of the owner runs at its moment, and needs nothing but what is made for it just before', () => {
      const jobs = workloads.filter(({ of }) => of.kind === 'Job');
      assert.equal(jobs.length, name === 'master-key.yaml' ? 2 : 1);
      for (const job of jobs) {
        const own = hookOf(job.of);
        assert.equal(own?.moments, momentsOf[job.of.metadata.name]);
        for (const [kind, needed] of neededBy(job).filter(([, one]) => !brought.has(one))) {
          const object = manifests.find((one) => one.kind === kind && one.metadata.name === needed);
          assert.ok(object, `${kind} ${needed} is not there`);
          const hook = hookOf(object);
          assert.ok(hook && own && hook.weight < own.weight, `${kind} ${needed} is made too late`);
          assert.equal(hook.moments, own.moments, `${kind} ${needed}`);
        }
      }
    });

    test('the server needs nothing that goes when a job is done', () => {
      const server = workloads.find(({ of }) => of.kind === 'Deployment');
      assert.ok(server);
      for (const [kind, needed] of neededBy(server).filter(([, one]) => !brought.has(one))) {
        const object = manifests.find((one) => one.kind === kind && one.metadata.name === needed);
        assert.ok(object, `${kind} ${needed} is not there`);
        assert.equal(hookOf(object), undefined, `${kind} ${needed}`);
      }
    });

    test('what was made for a job goes with it, the owner’s address first of all', () => {
      for (const object of manifests.filter((one) => hookOf(one) !== undefined)) {
        const policies = object.metadata.annotations['helm.sh/hook-delete-policy'];
        assert.equal(policies, 'before-hook-creation,hook-succeeded', object.kind);
      }
      for (const object of manifests.filter(({ kind }) => kind === 'Secret')) {
        const keys = Object.keys(holding.parse(object).data);
        assert.equal(keys.includes('database-migration-url'), hookOf(object) !== undefined);
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
