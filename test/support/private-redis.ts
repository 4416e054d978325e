import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type PrivateServer, startServer } from './private-server.ts';
import { findProgram, redisServer } from './programs.ts';
import { giveFolder, type ServerUser } from './server-user.ts';

/** Starts a Redis of this run alone in `folder`: nothing on disk, password asked. */
export async function startRedis(
  folder: string,
  user: ServerUser,
): Promise<{ server: PrivateServer; url: string }> {
  const password = randomBytes(18).toString('base64url');
  const port = await freePort();
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    `dir ${folder}`,
  ];
  const file = join(folder, 'redis.conf');
  await writeFile(file, settings.join('\n'), { mode: 0o600 });
  await giveFolder(file, user);
  const server = await startServer({
    title: 'Redis',
    command: findProgram(redisServer) ?? '',
    args: [file],
    port,
    folder,
    logFile: join(folder, 'log'),
    user,
  });
  return { server, url: `redis://:${password}@127.0.0.1:${port}` };
}
