import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';

const run = promisify(execFile);

const chart = fileURLToPath(new URL('../poortwachter', import.meta.url));
const exampleFolder = new URL('../examples/', import.meta.url);

/** Oldest Kubernetes that Chart.yaml names: the least that every template must do with. */
const oldestKubernetes = '1.30.0';

/** File names of the example values. */
export const examples = readdirSync(exampleFolder).toSorted();

/** A tree of values or a part of a manifest. */
export type Tree = Record<string, unknown>;
const tree = z.record(z.string(), z.unknown());

/** The values of an example. */
export function exampleValues(name: string): Tree {
  return tree.parse(parse(readFileSync(new URL(name, exampleFolder), 'utf8')));
}

/** What helm said and whether it did what was asked. */
export interface HelmAnswer {
  ok: boolean;
  stdout: string;
  stderr: string;
}

const failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** Runs the helm that HELM names (.ci/helm finds one), else the one on the path. */
export async function helm(...args: string[]): Promise<HelmAnswer> {
  try {
    return { ok: true, ...(await run(process.env.HELM ?? 'helm', args)) };
  } catch (error) {
    const answer = failed.safeParse(error);
    if (!answer.success)
      throw new Error('helm can not be run: set HELM to it, or run bash .ci/run', { cause: error });
    return { ok: false, stdout: answer.data.stdout, stderr: answer.data.stderr };
  }
}

async function withValues(values: Tree, ask: (file: string) => Promise<HelmAnswer>): Promise<HelmAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-chart-'));
  try {
    const file = join(folder, 'values.yaml');
    await writeFile(file, stringify(values));
    return await ask(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `helm lint --strict` with these values. */
export function lint(values: Tree): Promise<HelmAnswer> {
  return withValues(values, (file) => helm('lint', '--strict', chart, '--values', file));
}

/** `helm template` with these values, as for an installation called `sso` in the namespace `idp`. */
export function template(values: Tree, ...args: string[]): Promise<HelmAnswer> {
  const where = ['--namespace', 'idp', '--kube-version', oldestKubernetes];
  return withValues(values, (file) => helm('template', 'sso', chart, ...where, '--values', file, ...args));
}

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

/** One object for Kubernetes. */
export type Manifest = z.infer<typeof manifest>;

/** Everything the chart makes of these values; throws with helm's words when it refuses them. */
export async function manifestsOf(values: Tree): Promise<Manifest[]> {
  const { ok, stdout, stderr } = await template(values);
  if (!ok) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document): unknown => document.toJS())
    .filter((content) => content !== null)
    .map((content) => manifest.parse(content));
}

/** The one object of this kind and name, parsed further by `schema`. */
export function only<T>(manifests: readonly Manifest[], kind: string, name: string, schema: z.ZodType<T>): T {
  const found = manifests.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind} ${name}`);
  return schema.parse(found[0]);
}
