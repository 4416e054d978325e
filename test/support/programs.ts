import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that tests need: where it may be and which Debian package brings it. */
export interface Program {
  /** What a person calls it. */
  title: string;
  names: readonly string[];
  /** Folders beside PATH, as globs; of several versions the last sorted one is taken. */
  folders: readonly string[];
  debianPackage: string;
}

export const postgresServer: Program = {
  title: 'PostgreSQL 15 or newer (initdb and postgres)',
  names: ['initdb'],
  folders: ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql@*/bin'],
  debianPackage: 'postgresql',
};

export const redisServer: Program = {
  title: 'Redis (redis-server)',
  names: ['redis-server'],
  folders: ['/opt/homebrew/bin'],
  debianPackage: 'redis-server',
};

export const chromium: Program = {
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  folders: ['/Applications/Chromium.app/Contents/MacOS'],
  debianPackage: 'chromium',
};

export const openssl: Program = {
  title: 'OpenSSL (openssl)',
  names: ['openssl'],
  folders: ['/opt/homebrew/opt/openssl@3/bin'],
  debianPackage: 'openssl',
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const byVersion = new Intl.Collator('en', { numeric: true });

/** Full path of a program; undefined when it is not on this machine. */
export function findProgram(program: Program): string | undefined {
  const known = program.folders.flatMap((glob) => globSync(glob).sort(byVersion.compare).reverse());
  const folders = [...known, ...(process.env.PATH ?? '').split(delimiter)];
  return folders
    .flatMap((folder) => program.names.map((name) => join(folder, name)))
    .find((path) => isExecutable(path));
}

/** Runs a program to its end; rejects with the last lines it wrote when it fails. */
export function run(command: string, args: readonly string[], options: { uid?: number; gid?: number } = {}) {
  return new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}: ${lines.join('').slice(-2000)}`));
    });
  });
}

async function installOnDebian(missing: readonly Program[], say: (line: string) => void): Promise<void> {
  const packages = missing.map((program) => program.debianPackage);
  say(`installing ${packages.join(', ')} with apt-get (once, a few minutes)`);
  await run('apt-get', ['update', '-qq']);
  await run('env', [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
    ...packages,
  ]);
}

/**
 * Makes sure that the programs are there: as root on Debian missing ones are installed, elsewhere it fails with
 * one sentence that says what to install.
 */
export async function requirePrograms(
  programs: readonly Program[],
  say: (line: string) => void,
): Promise<void> {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) await installOnDebian(missing, say);
  const still = missing.filter((program) => findProgram(program) === undefined);
  if (still.length === 0) return;
  const titles = still.map((program) => program.title).join(', ');
  const packages = still.map((program) => program.debianPackage).join(' ');
  throw new Error(`The tests need ${titles}. On Debian: apt-get install ${packages}`);
}
