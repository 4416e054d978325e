import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { createEmptyTestDatabase } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { testRedisUrl } from '../support/redis.ts';
import type { Child } from '../support/trial.ts';
import { projectRoot } from './dockerfile.ts';
import { makeProductionTree } from './production-tree.ts';

const ISSUER = 'https://login.example';

/** The settings file, as a ConfigMap would bring it: no secret in it. */
const settingsYaml = (secrets: string) => `
issuer: ${ISSUER}
listen: { trustedHops: 1 }
tenant:
  name: Testorganisatie
  productName: Verzuimtest
  applicationName: Verzuimtest
  initiateLoginUri: https://absence.example/sign-in
  helpDesk: { email: helpdesk@test.example }
clients:
  - client_id: absence
    client_secret_file: ${join(secrets, 'client')}
    redirect_uris: [https://absence.example/callback]
    first_party: true
`;

interface Settings {
  port: number;
  managementPort: number;
  env: NodeJS.ProcessEnv;
}

/** Production's way: a settings file, and every secret in a file of its own. */
async function writeSettings(t: TestContext): Promise<Settings> {
  const { url, migrationUrl } = await createEmptyTestDatabase(t);
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-secrets-'));
  t.after(() => rm(folder, { recursive: true }));
  const files = {
    settings: settingsYaml(folder),
    client: randomBytes(32).toString('base64url'),
    master: `${randomBytes(32).toString('base64')}\n`,
    database: url,
    owner: migrationUrl,
    redis: testRedisUrl(),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await chmod(folder, 0o755);
  const [port, managementPort] = [await freePort(), await freePort()];
  const env = {
    PORT: String(port),
    MANAGEMENT_PORT: String(managementPort),
    POORTWACHTER_LISTEN_ADDRESS: '127.0.0.1',
    POORTWACHTER_MANAGEMENT_ADDRESS: '127.0.0.1',
    POORTWACHTER_CONFIG: join(folder, 'settings'),
    POORTWACHTER_MASTER_KEY_FILE: join(folder, 'master'),
    DATABASE_URL_FILE: join(folder, 'database'),
    DATABASE_MIGRATION_URL_FILE: join(folder, 'owner'),
    REDIS_URL_FILE: join(folder, 'redis'),
  };
  return { port, managementPort, env };
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Asks as the proxy in front would; fetch can't set Host. */
async function ask(port: number, path: string, cookies: readonly string[] = []): Promise<Answer> {
  const headers = {
    host: new URL(ISSUER).host,
    'x-forwarded-for': '192.0.2.1',
    cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; '),
  };
  const asked = request({ host: '127.0.0.1', port, path, headers });
  const answered = Promise.withResolvers<Answer>();
  asked.once('error', answered.reject);
  asked.once('response', async (response) => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    answered.resolve({ status: response.statusCode, headers: response.headers, text });
  });
  asked.end();
  return answered.promise;
}

async function untilReady(child: Child): Promise<void> {
  const ended = once(child.process, 'exit');
  while (!child.printed().includes('"msg":"ready"')) {
    const output = child.process.stdout;
    assert.ok(output !== null && child.process.exitCode === null, child.printed());
    await Promise.race([once(output, 'data'), ended]);
  }
}

/** From the application's redirect to the page with the password field. */
async function openLoginPage(port: number): Promise<Answer> {
  const discovery = await ask(port, '/.well-known/openid-configuration');
  assert.equal(discovery.status, 200);
  const document = z
    .object({ issuer: z.string(), authorization_endpoint: z.string() })
    .parse(JSON.parse(discovery.text));
  assert.equal(document.issuer, ISSUER);
  const address = new URL(document.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: 'absence',
    redirect_uri: 'https://absence.example/callback',
    response_type: 'code',
    scope: 'openid',
    state: 'a-state',
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const sent = await ask(port, `${address.pathname}${address.search}`);
  assert.equal(sent.status, 303, sent.text);
  const page = new URL(sent.headers.location ?? '', ISSUER);
  return ask(port, page.pathname, sent.headers['set-cookie']);
}

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() }),
  ),
});

/** Folders of the packages that only development needs, as the lock file marks them. */
function developmentPackages(): string[] {
  const text = readFileSync(new URL('package-lock.json', projectRoot), 'utf8');
  return Object.entries(lockFile.parse(JSON.parse(text)).packages)
    .filter(([, { dev, devOptional }]) => dev === true || devOptional === true)
    .map(([path]) => path);
}

test('what the image holds migrates, serves the login page and stops in peace, and writes nowhere', async (t) => {
  const tree = await makeProductionTree(t);
  const development = developmentPackages();
  assert.ok(development.includes('node_modules/typescript'), 'the lock file is read wrongly');
  assert.deepEqual(
    development.filter((path) => existsSync(join(tree.folder, path))),
    [],
  );

  const { port, managementPort, env } = await writeSettings(t);
  const migration = tree.start(['src/cli/bin.mjs', 'migrate'], env);
  assert.equal(await migration.ended, 0, migration.printed());
  assert.match(migration.printed(), /The schema is up to date/);

  const { DATABASE_MIGRATION_URL_FILE: _owners, ...serverEnv } = env;
  const server = tree.start(['src/main.ts'], serverEnv);
  t.after(async () => {
    server.process.kill('SIGKILL');
    await server.ended;
  });
  await untilReady(server);
  const page = await openLoginPage(port);
  assert.equal(page.status, 200, page.text);
  assert.match(page.text, /<input[^>]+type="password"/);
  const [style = ''] = /\/assets\/[^"]+\.css/.exec(page.text) ?? [];
  assert.equal((await ask(port, style)).status, 200, `the style sheet ${style}`);
  for (const path of ['/livez', '/readyz']) assert.equal((await ask(managementPort, path)).status, 200, path);

  server.process.kill('SIGTERM');
  assert.equal(await server.ended, 0, server.printed());
  assert.deepEqual(readdirSync(tree.temporary), [], 'files were left in the temporary folder');
});
