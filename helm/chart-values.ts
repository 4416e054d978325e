import { z } from 'zod';
import type { ChartSecret } from './chart-settings.ts';

/** Parts of Kubernetes objects that are passed on as they are; Kubernetes checks them. */
const passedOn = z.record(z.string(), z.unknown());
const listPassedOn = z.array(passedOn);
const labels = z.record(z.string(), z.string());
const portNumber = z.int().min(1).max(65535);
const userNumber = z.int().min(1).nullable();
const keyName = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/);

const image = z.strictObject({
  repository: z.string(),
  tag: z.string(),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
  pullSecrets: z.array(z.strictObject({ name: z.string() })),
});

const migration = z.strictObject({
  enabled: z.boolean(),
  existingSecret: z.string(),
  backoffLimit: z.int().min(0).max(10),
  activeDeadlineSeconds: z.int().min(10),
  ttlSecondsAfterFinished: z.int().min(0).nullable(),
});

const autoscaling = z.strictObject({
  enabled: z.boolean(),
  minReplicas: z.int().min(1),
  maxReplicas: z.int().min(1),
  targetCPUUtilizationPercentage: z.int().min(1).max(100),
});

const networkPolicy = z.strictObject({
  enabled: z.boolean(),
  webFrom: listPassedOn,
  managementFrom: listPassedOn,
  dnsTo: listPassedOn,
  postgres: z.strictObject({ port: portNumber, to: listPassedOn }),
  redis: z.strictObject({ ports: z.array(portNumber).min(1), to: listPassedOn }),
  https: z.boolean(),
  extraEgress: listPassedOn,
});

const secretValues = (secrets: readonly ChartSecret[]) =>
  z.strictObject(Object.fromEntries(secrets.map(({ name }) => [name, z.string().optional()])));

const secretsGroup = (secrets: readonly ChartSecret[]) =>
  z.strictObject({
    existingSecret: z.string(),
    existingKeys: z.array(keyName),
    values: secretValues(secrets),
    files: z.record(keyName, z.string()),
  });

const scheduling = {
  resources: passedOn,
  nodeSelector: labels,
  tolerations: listPassedOn,
  affinity: passedOn,
  topologySpreadConstraints: listPassedOn,
  priorityClassName: z.string(),
};

/**
 * The values of the chart without `config`, which is the settings file. `secrets` are the settings that may be given
 * as a secret. Every key stands in values.yaml with its default and its description.
 */
export function chartValues(secrets: readonly ChartSecret[]) {
  return z.strictObject({
    global: passedOn.optional(),
    nameOverride: z.string(),
    fullnameOverride: z.string(),
    image,
    replicaCount: z.int().min(1).max(100),
    secrets: secretsGroup(secrets),
    migration,
    reseal: z.strictObject({ enabled: z.boolean() }),
    service: z.strictObject({
      type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
      port: portNumber,
      annotations: labels,
    }),
    ingress: z.strictObject({
      enabled: z.boolean(),
      className: z.string(),
      annotations: labels,
      extraHosts: z.array(z.string()),
      tls: z.strictObject({ enabled: z.boolean(), secretName: z.string() }),
    }),
    networkPolicy,
    autoscaling,
    podDisruptionBudget: z.strictObject({ enabled: z.boolean() }),
    podMonitor: z.strictObject({ enabled: z.boolean(), interval: z.string(), labels }),
    serviceAccount: z.strictObject({ create: z.boolean(), name: z.string(), annotations: labels }),
    user: z.strictObject({ runAsUser: userNumber, runAsGroup: userNumber, fsGroup: userNumber }),
    terminationGracePeriodSeconds: z.int().min(15),
    podAnnotations: labels,
    podLabels: labels,
    extraEnv: listPassedOn,
    extraVolumes: listPassedOn,
    extraVolumeMounts: listPassedOn,
    ...scheduling,
  });
}
