import { z } from 'zod';
import type { Manifest } from './chart.ts';

const item = z.object({ key: z.string(), path: z.string() });

const volume = z.looseObject({
  name: z.string(),
  configMap: z.looseObject({ name: z.string() }).optional(),
  projected: z
    .object({
      defaultMode: z.number(),
      sources: z.array(
        z.strictObject({ secret: z.strictObject({ name: z.string(), items: z.array(item) }) }),
      ),
    })
    .optional(),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  securityContext: z.unknown(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }),
});

const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.unknown(),
  enableServiceLinks: z.unknown(),
  securityContext: z.record(z.string(), z.unknown()),
  containers: z.tuple([container]),
  volumes: z.array(volume),
});

const withPods = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      metadata: z.looseObject({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      spec: podSpec,
    }),
  }),
});

export type PodSpec = z.infer<typeof podSpec>;

/** The pods that an object makes, and what made them. */
export interface Workload {
  of: Manifest;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  pod: PodSpec;
}

/** The server and the jobs of the owner. */
export function workloadsIn(manifests: readonly Manifest[]): Workload[] {
  return manifests
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map((of) => {
      const { metadata, spec } = withPods.parse(of).spec.template;
      return { of, labels: metadata.labels, annotations: metadata.annotations, pod: spec };
    });
}

/** The server alone. */
export function serverIn(manifests: readonly Manifest[]): Workload {
  const server = workloadsIn(manifests).find(({ of }) => of.kind === 'Deployment');
  if (server === undefined) throw new Error('there is no Deployment');
  return server;
}

/** Every key of a Secret that a pod mounts. */
export function mountedKeys({ volumes }: PodSpec): { secret: string; key: string; path: string }[] {
  return volumes
    .flatMap(({ projected }) => projected?.sources ?? [])
    .flatMap(({ secret }) => secret.items.map((entry) => ({ secret: secret.name, ...entry })));
}
