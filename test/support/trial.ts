import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './private-server.ts';

const projectRoot = new URL('../../', import.meta.url);

/** Something that can be told what to do when it ends: a test, or a suite. */
interface Ending {
  after(end: () => Promise<void>): void;
}

/** Where a trial runs; the same place can be started again. */
export interface TrialHome {
  dataDir: string;
  port: number;
  demoPort: number;
  managementPort: number;
}

export async function newTrialHome(t: Ending): Promise<TrialHome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'poortwachter-trial-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  return { dataDir, port: await freePort(), demoPort: await freePort(), managementPort: await freePort() };
}

function environment({ dataDir, port, demoPort, managementPort }: TrialHome): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    POORTWACHTER_DATA_DIR: dataDir,
    PORT: String(port),
    DEMO_PORT: String(demoPort),
    MANAGEMENT_PORT: String(managementPort),
  };
}

/** A child process with everything it printed. */
export interface Child {
  process: ChildProcess;
  printed(): string;
  /** Resolves to the exit code. */
  ended: Promise<number | null>;
}

/** Starts a program of the project with Node; `args` as on its command line. */
export function startNode(args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Child {
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { NODE_COMPILE_CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  return { process: child, printed: () => text, ended };
}

/** Starts a trial without waiting for it. */
export function spawnTrial(home: TrialHome, more: NodeJS.ProcessEnv = {}): Child {
  return startNode(['demo/trial.ts'], { ...environment(home), ...more });
}

/** Runs a command of the command line beside the trial; `input` is its standard input. */
export async function runPoortwachter(
  home: TrialHome,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; printed: string }> {
  const child = startNode(['src/cli/bin.mjs', ...args], environment(home), input);
  const code = await child.ended;
  return { code, printed: child.printed() };
}

/** A running trial and what it printed for a newcomer. */
export interface Trial {
  issuer: string;
  sample: string;
  password: string;
  /** Key of the app of the demo account that has one. */
  appKey: string;
  printed(): string;
  /** Ctrl-C. Resolves to the exit code. */
  stop(): Promise<number | null>;
}

async function untilReady(child: Child): Promise<string> {
  const ready = Promise.withResolvers<string>();
  const look = () => {
    if (child.printed().includes('Ctrl-C stops it')) ready.resolve(child.printed());
  };
  child.process.stdout?.on('data', look);
  child.ended.then((code) => ready.reject(new Error(`the trial ended with ${code}:\n${child.printed()}`)));
  return ready.promise;
}

/** Starts a trial and waits until it says that it is ready; it ends with the test. */
export async function startTrial(t: Ending, home: TrialHome, more: NodeJS.ProcessEnv = {}): Promise<Trial> {
  const child = spawnTrial(home, more);
  const stop = async () => {
    child.process.kill('SIGINT');
    return child.ended;
  };
  t.after(async () => {
    await stop();
  });
  const printed = await untilReady(child);
  const password = /with the password {2}(\S+)/.exec(printed)?.[1];
  const appKey = /key ([A-Z2-7 ]+)$/m.exec(printed)?.[1];
  assert.ok(password !== undefined && appKey !== undefined, printed);
  return {
    issuer: `http://localhost:${home.port}`,
    sample: `http://localhost:${home.demoPort}`,
    password,
    appKey,
    printed: child.printed,
    stop,
  };
}
