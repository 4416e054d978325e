import { randomBytes } from 'node:crypto';
import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Certificate } from './certificates.ts';
import type { Ending } from './postgres.ts';
import { freePort, type PrivateServer, startServer } from './private-server.ts';
import { findProgram, postgresServer, run } from './programs.ts';
import { findServerUser, giveFolder, makeServerFolder, type ServerUser } from './server-user.ts';

/** Speed over safety: this data lives as long as the test run. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'autovacuum=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];

async function initialise(bin: string, folder: string, password: string, user: ServerUser): Promise<string> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveFolder(passwordFile, user);
  await run(
    join(bin, 'initdb'),
    [
      ...['-D', data, '-U', 'postgres', '--pwfile', passwordFile, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    ],
    user,
  );
  return data;
}

/** Starts a Postgres of this run alone in `folder`; signing on takes the password in its address. `more` as after `-c`. */
export async function startPostgres(
  folder: string,
  user: ServerUser,
  more: readonly string[] = [],
): Promise<{ server: PrivateServer; url: string }> {
  const bin = dirname(findProgram(postgresServer) ?? '');
  const password = randomBytes(18).toString('base64url');
  const data = await initialise(bin, folder, password, user);
  const port = await freePort();
  const server = await startServer({
    title: 'Postgres',
    command: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...[...SETTINGS, ...more].flatMap((setting) => ['-c', setting])],
    port,
    folder,
    logFile: join(folder, 'log'),
    user,
  });
  return { server, url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` };
}

/** Starts a Postgres of one test or file that shows this certificate to whoever asks for TLS. */
export async function startPostgresOverTls(t: Ending, { certFile, keyFile }: Certificate): Promise<string> {
  const user = findServerUser();
  const folder = await makeServerFolder('postgres-tls', user);
  const [ownCert, ownKey] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await copyFile(certFile, ownCert);
  await copyFile(keyFile, ownKey);
  for (const file of [ownCert, ownKey]) await giveFolder(file, user);
  const tls = ['ssl=on', `ssl_cert_file=${ownCert}`, `ssl_key_file=${ownKey}`];
  const { server, url } = await startPostgres(folder, user, tls);
  t.after(() => server.stop());
  return url;
}
