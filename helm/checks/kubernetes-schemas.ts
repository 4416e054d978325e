import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Manifest } from './chart.ts';

const run = promisify(execFile);
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

interface Model {
  validate(): void;
}
const model = z.custom<new (data: Manifest) => Model>((value) => typeof value === 'function');

/** Kinds that are no part of Kubernetes itself. */
export const isForeign = ({ apiVersion }: Manifest) => apiVersion === 'monitoring.coreos.com/v1';

/** What Kubernetes' own schemas say is missing or of a wrong type; undefined when nothing is. */
export async function schemaFault(object: Manifest): Promise<string | undefined> {
  const kinds: Record<string, unknown> = await import(`kubernetes-models/${object.apiVersion}`);
  const Kind = model.parse(kinds[object.kind]);
  try {
    new Kind(object).validate();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function typed(objects: readonly Manifest[]): string {
  return objects
    .map((object, at) => {
      const from = JSON.stringify(`kubernetes-models/${object.apiVersion}`);
      const type = `import(${from}).I${object.kind}`;
      return `/* ${object.kind} ${object.metadata.name} */ export const object${at}: ${type} = ${JSON.stringify(object)};\n`;
    })
    .join('');
}

const failed = z.object({ stdout: z.string() });

/**
 * Keys that Kubernetes does not know and would drop without a word. Its schemas take them, so the compiler looks: an
 * object literal may have no key but those of its type. Gives the compiler's words; empty when there are none.
 */
export async function unknownKeys(objects: readonly Manifest[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-manifests-'));
  try {
    await symlink(modules, join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'manifests.ts'), typed(objects));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const tsc = join(modules, 'typescript/bin/tsc');
    await run(process.execPath, [tsc, ...options, 'manifests.ts'], { cwd: folder });
    return '';
  } catch (error) {
    return failed.parse(error).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
