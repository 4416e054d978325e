import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { chartSecrets } from '../chart-settings.ts';
import { examples, exampleValues, type Manifest, manifestsOf } from './chart.ts';
import { mountedKeys, serverIn, type Workload, workloadsIn } from './pods.ts';

const secretFolder = '/run/secrets/poortwachter';

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const givenSecrets = z.looseObject({
  secrets: z
    .looseObject({
      values: z.record(z.string(), z.string()).default({}),
      files: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
});

/** The secrets themselves, as an example has them. */
function secretTexts(name: string): string[] {
  const { secrets } = givenSecrets.parse(exampleValues(name));
  return [...Object.values(secrets.values), ...Object.values(secrets.files)];
}

const selecting = z.looseObject({ matchLabels: z.record(z.string(), z.string()) });

/** What an object picks pods by; undefined for those that pick none. */
function selectorOf({ kind, spec }: Manifest): Record<string, string> | undefined {
  const of = z.looseObject({}).parse(spec ?? {});
  if (kind === 'Service') return z.record(z.string(), z.string()).parse(of.selector);
  if (kind === 'NetworkPolicy') return selecting.parse(of.podSelector).matchLabels;
  if (['Deployment', 'PodDisruptionBudget', 'PodMonitor'].includes(kind)) {
    return selecting.parse(of.selector).matchLabels;
  }
  return undefined;
}

function picks(selector: Record<string, string>, { labels }: Workload): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

for (const name of examples) {
  describe(name, () => {
    let manifests: Manifest[];
    let workloads: Workload[];
    before(async () => {
      manifests = await manifestsOf(exampleValues(name));
      workloads = workloadsIn(manifests);
    });

    test('every pod is as restricted as Kubernetes can have them', () => {
      assert.ok(workloads.length >= 2);
      for (const { of, pod } of workloads) {
        assert.deepEqual(pod.containers[0].securityContext, restricted, of.kind);
        const { runAsNonRoot, seccompProfile, runAsUser } = pod.securityContext;
        assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: 'RuntimeDefault' }], of.kind);
        assert.equal(runAsUser, name === 'redis-cluster.yaml' ? undefined : 10001, of.kind);
        assert.deepEqual([pod.enableServiceLinks, pod.automountServiceAccountToken], [false, false], of.kind);
        for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers'])
          assert.equal(pod[key], undefined, key);
      }
    });

    test('no secret is anywhere but in a Secret, whole or encoded', () => {
      for (const object of manifests.filter(({ kind }) => kind !== 'Secret')) {
        const text = JSON.stringify(object);
        for (const secret of secretTexts(name)) {
          for (const form of [secret, Buffer.from(secret).toString('base64')])
            assert.ok(!text.includes(form), `${object.kind} ${object.metadata.name}`);
        }
      }
    });

    test('secrets reach a pod as files that only its own user reads, never as variables', () => {
      const secrets = chartSecrets();
      for (const { of, pod } of workloads) {
        const { env, volumeMounts } = pod.containers[0];
        assert.ok(volumeMounts.some(({ mountPath }) => mountPath === secretFolder));
        const modes = pod.volumes.flatMap(({ projected }) => projected?.defaultMode ?? []);
        assert.deepEqual(modes, [0o440]);
        const paths = mountedKeys(pod).map(({ path }) => `${secretFolder}/${path}`);
        for (const variable of env) {
          const secret = secrets.find((one) => variable.name.startsWith(one.variable));
          assert.equal(variable.valueFrom, undefined, variable.name);
          if (secret === undefined) continue;
          assert.equal(variable.name, `${secret.variable}_FILE`, of.kind);
          assert.ok(paths.includes(variable.value ?? ''), `${variable.name} names no file that is there`);
        }
      }
    });

    test('the owner’s address reaches the owner’s jobs alone', () => {
      for (const { of, pod } of workloads) {
        const isJob = of.kind === 'Job';
        assert.equal(
          mountedKeys(pod).some(({ key }) => key === 'database-migration-url'),
          isJob,
          of.kind,
        );
        assert.equal(JSON.stringify(pod).includes('DATABASE_MIGRATION_URL'), isJob, of.kind);
      }
    });

    test('every selector picks the pods it is meant for and no others', () => {
      for (const object of manifests) {
        const selector = selectorOf(object);
        if (selector === undefined) continue;
        // What is made for a job is made by a hook, and nothing else is.
        const isHook = object.metadata.annotations['helm.sh/hook'] !== undefined;
        const wanted = isHook ? 'Job' : 'Deployment';
        const picked = workloads.filter((workload) => picks(selector, workload)).map(({ of }) => of.kind);
        assert.deepEqual(picked, [wanted], `${object.kind} ${object.metadata.name}`);
      }
    });

    test('the image is named by a version or a digest', () => {
      const { image } = serverIn(manifests).pod.containers[0];
      assert.match(image, /^registry\.example\/poortwachter(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/);
      for (const { pod } of workloads) assert.equal(pod.containers[0].image, image);
    });
  });
}
