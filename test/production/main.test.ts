import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { createEmptyTestDatabase, createTestDatabase } from '../support/postgres.ts';
import { productEnvironment } from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';
import { type Child, startNode } from '../support/trial.ts';

/** Bytes. What an idle process may hold (the speed and size the product promises). */
const IDLE_LIMIT = 160 * 1024 * 1024;

const settings = (databaseUrl: string) => productEnvironment(databaseUrl, testRedisUrl());

async function untilReady(child: Child): Promise<void> {
  const ready = Promise.withResolvers<void>();
  child.process.stdout?.on('data', () => {
    if (child.printed().includes('"msg":"ready"')) ready.resolve();
  });
  child.ended.then((code) => ready.reject(new Error(`it ended with ${code}:\n${child.printed()}`)));
  await ready.promise;
}

async function start(t: TestContext, env: NodeJS.ProcessEnv): Promise<Child> {
  const child = startNode(['src/main.ts'], env);
  t.after(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  await untilReady(child);
  return child;
}

/** Bytes of memory the process holds. */
async function residentBytes({ process: { pid } }: Child): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test('the production process serves, tells its health, stays small when idle and stops in peace', async (t) => {
  const { url } = await createTestDatabase(t);
  const env = await settings(url);
  const child = await start(t, env);
  const discovery = await fetch(`${env.POORTWACHTER_ISSUER}/.well-known/openid-configuration`);
  assert.equal(discovery.status, 200);
  const management = `http://localhost:${env.MANAGEMENT_PORT}`;
  for (const path of ['/livez', '/readyz'])
    assert.equal((await fetch(`${management}${path}`)).status, 200, path);
  const metrics = await (await fetch(`${management}/metrics`)).text();
  for (const line of [
    ...['password_hashes_waiting 0', 'providers_kept 1', 'providers_made_total 1'],
    'spraying_alarms_total 0',
  ]) {
    assert.match(metrics, new RegExp(`^poortwachter_${line}$`, 'm'));
  }
  assert.equal(
    (await fetch(`${env.POORTWACHTER_ISSUER}/dev/outbox`)).status,
    404,
    'the outbox is the trial’s',
  );
  const held = await residentBytes(child);
  t.diagnostic(`holds ${Math.round(held / 1024 / 1024)} MB`);
  assert.ok(held <= IDLE_LIMIT, `${Math.round(held / 1024 / 1024)} MB`);
  child.process.kill('SIGTERM');
  assert.equal(await child.ended, 0, child.printed());
});

test('a schema that is behind stops the start and says what to run', async (t) => {
  const { url } = await createEmptyTestDatabase(t);
  const child = startNode(['src/main.ts'], await settings(url));
  assert.equal(await child.ended, 1);
  assert.match(child.printed(), /behind .*npx poortwachter migrate/);
  assert.doesNotMatch(child.printed(), /\n\s+at /);
});

test('another issuer than the tenant was made for stops the start and names both', async (t) => {
  const { url } = await createTestDatabase(t);
  const env = await settings(url);
  const first = await start(t, env);
  first.process.kill('SIGTERM');
  await first.ended;
  const other = await settings(url);
  const child = startNode(['src/main.ts'], {
    ...other,
    POORTWACHTER_MASTER_KEY: env.POORTWACHTER_MASTER_KEY,
  });
  assert.equal(await child.ended, 1);
  assert.match(child.printed(), new RegExp(`${env.POORTWACHTER_ISSUER}.*${other.POORTWACHTER_ISSUER}`));
});

test('without settings every missing one is named, with no stack and no default', async () => {
  const child = startNode(['src/main.ts'], { PATH: process.env.PATH });
  assert.equal(await child.ended, 1);
  for (const name of ['POORTWACHTER_ISSUER', 'POORTWACHTER_MASTER_KEY', 'DATABASE_URL', 'REDIS_URL']) {
    assert.match(child.printed(), new RegExp(name));
  }
  assert.doesNotMatch(child.printed(), /\n\s+at /);
});
