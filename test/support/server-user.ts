import { execFileSync } from 'node:child_process';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** User that a test server runs as; empty for "as we are". */
export interface ServerUser {
  uid?: number;
  gid?: number;
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

/** Postgres refuses to run as root: then its packaged user runs it, or else nobody. */
export function findServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'The tests run as root and find no other user to run Postgres as; run them as a plain user.',
  );
}

/** Hands a file or folder to the server's user. */
export async function giveFolder(path: string, user: ServerUser): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

/** A new private folder for a server. */
export async function makeServerFolder(name: string, user: ServerUser): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `poortwachter-${name}-`));
  await giveFolder(folder, user);
  return folder;
}
