import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Ending } from '../support/postgres.ts';
import { findServerUser, makeServerFolder } from '../support/server-user.ts';
import type { Child } from '../support/trial.ts';
import { copiedFromProject, ownDockerfile, projectRoot } from './dockerfile.ts';

const run = promisify(execFile);

/** Everything the image holds below its working folder, on this machine, and a way to run it. */
export interface ProductionTree {
  folder: string;
  /** TMPDIR of what runs: the one folder it may write to. */
  temporary: string;
  /** Runs the tree's own file by this Node, as a user who may change nothing in the tree. */
  start(args: readonly string[], env: NodeJS.ProcessEnv): Child;
}

/** What the Dockerfile has a shell run to install dependencies. */
function installCommand(): string {
  const instruction = ownDockerfile()
    .stages.flat()
    .find(({ name, words }) => name === 'RUN' && words[0] === 'npm');
  if (instruction === undefined) throw new Error('the Dockerfile installs no dependencies');
  return instruction.words.join(' ');
}

async function install(folder: string): Promise<void> {
  // npm itself runs under this Node, as in the image; a clean install has just filled its cache.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { PATH, HOME: process.env.HOME, npm_config_prefer_offline: 'true' };
  await run('sh', ['-c', installCommand()], { cwd: folder, env, timeout: 120_000 });
}

/** Copies what the Dockerfile copies into an empty folder, installs as it does, and makes all of it read-only. */
export async function makeProductionTree(t: Ending): Promise<ProductionTree> {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-image-'));
  const user = findServerUser();
  const temporary = await makeServerFolder('image-tmp', user);
  t.after(async () => {
    await run('chmod', ['-R', 'u+w', folder]);
    for (const path of [folder, temporary]) await rm(path, { recursive: true, force: true });
  });
  const sources = new Set(ownDockerfile().stages.flatMap(copiedFromProject));
  for (const source of sources) {
    await cp(fileURLToPath(new URL(source, projectRoot)), join(folder, source), { recursive: true });
  }
  await install(folder);
  await chmod(folder, 0o755);
  await run('chmod', ['-R', 'a-w', folder]);
  const start = (args: readonly string[], env: NodeJS.ProcessEnv): Child => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...env, NODE_ENV: 'production', TMPDIR: temporary, HOME: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
    const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
    return { process: child, printed: () => text, ended };
  };
  return { folder, temporary, start };
}
