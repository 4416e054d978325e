import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { RawSettings } from '#config/settings.ts';
import type { Ending } from './postgres.ts';
import { freePort } from './private-server.ts';
import { TEST_TENANT } from './test-tenant.ts';
import { type Child, startNode } from './trial.ts';

/** Milliseconds after which waiting for something that should have happened by then is a failure. */
const DEADLINE = 30_000;

const record = z.looseObject({ level: z.number(), msg: z.string() });

/** One line of the product's log. */
export type LogRecord = z.infer<typeof record>;

/** A real `node src/main.ts`. */
export interface ProductProcess extends Child {
  /** Address of its port for people. */
  origin: string;
  /** Address of its port for operators. */
  management: string;
  /** What it logged so far. */
  records(): LogRecord[];
  /** Waits until it has logged something like this; fails when it ends first. */
  untilLogged(what: (record: LogRecord) => boolean): Promise<LogRecord>;
  untilReady(): Promise<void>;
  /** Asks it to stop; resolves to the exit code. */
  stop(): Promise<number | null>;
}

function readRecords(printed: string): LogRecord[] {
  return printed.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.endsWith('}')) return [];
    const read = record.safeParse(JSON.parse(line));
    return read.success ? [read.data] : [];
  });
}

/** Waits until `look` finds something, whenever the process says something. */
async function untilSaid<T>(child: Child, look: () => T | undefined): Promise<T> {
  const found = Promise.withResolvers<T>();
  const tryNow = () => {
    const seen = look();
    if (seen !== undefined) found.resolve(seen);
  };
  const fail = (why: string) => found.reject(new Error(`${why}:\n${child.printed()}`));
  const late = setTimeout(() => fail('it did not happen in time'), DEADLINE);
  child.process.stdout?.on('data', tryNow);
  child.ended.then((code) => fail(`the process ended with ${code}`));
  tryNow();
  try {
    return await found.promise;
  } finally {
    clearTimeout(late);
    child.process.stdout?.off('data', tryNow);
  }
}

/** Settings of a product that nobody has spoilt yet. Its ports are free ones. */
export async function productSettings(databaseUrl: string, redisUrl: string) {
  const port = await freePort();
  return {
    issuer: `http://localhost:${port}`,
    listen: { port, address: 'localhost' },
    management: { port: await freePort(), address: 'localhost' },
    database: { url: databaseUrl, poolSize: 4 },
    redis: { url: redisUrl },
    masterKey: randomBytes(32).toString('base64'),
    unsafe: { plainHttp: true },
    password: { threads: 1 },
    tenant: TEST_TENANT,
  } satisfies RawSettings;
}

/** The same product as variables of its environment, for a process that is started by hand. Its ports are free ones. */
export async function productEnvironment(databaseUrl: string, redisUrl: string) {
  const port = String(await freePort());
  const { name, productName, applicationName, initiateLoginUri, helpDesk } = TEST_TENANT;
  return {
    PATH: process.env.PATH,
    PORT: port,
    MANAGEMENT_PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    POORTWACHTER_ISSUER: `http://localhost:${port}`,
    POORTWACHTER_UNSAFE_PLAIN_HTTP: 'true',
    POORTWACHTER_LISTEN_ADDRESS: 'localhost',
    POORTWACHTER_MASTER_KEY: randomBytes(32).toString('base64'),
    POORTWACHTER_TENANT_NAME: name,
    POORTWACHTER_TENANT_PRODUCT_NAME: productName,
    POORTWACHTER_TENANT_APPLICATION_NAME: applicationName,
    POORTWACHTER_TENANT_INITIATE_LOGIN_URI: initiateLoginUri,
    POORTWACHTER_TENANT_HELP_DESK_EMAIL: helpDesk.email,
  };
}

/** A settings file, which ends with its test. */
async function writeSettings(t: Ending, settings: RawSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-settings-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'settings.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return file;
}

/** Starts `node src/main.ts` with these settings, which name both ports, and does not wait for it. */
export async function startProduct(
  t: Ending,
  settings: RawSettings,
  nodeOptions: readonly string[] = [],
): Promise<ProductProcess> {
  const file = await writeSettings(t, settings);
  const child = startNode([...nodeOptions, 'src/main.ts'], {
    PATH: process.env.PATH,
    POORTWACHTER_CONFIG: file,
  });
  t.after(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  const records = () => readRecords(child.printed());
  const untilLogged: ProductProcess['untilLogged'] = (what) => untilSaid(child, () => records().find(what));
  return {
    ...child,
    origin: `http://localhost:${settings.listen?.port}`,
    management: `http://localhost:${settings.management?.port}`,
    records,
    untilLogged,
    untilReady: async () => {
      await untilLogged(({ msg }) => msg === 'ready');
    },
    stop: () => {
      child.process.kill('SIGTERM');
      return child.ended;
    },
  };
}

/** Asks until the answer is as wanted, for states that come by themselves; fails after the deadline. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + DEADLINE;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    assert.ok(performance.now() < end, `still ${JSON.stringify(answer)} after ${DEADLINE} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Status and text of a short answer; status 0 when nobody takes the connection. */
export async function shortAnswer(url: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url);
    return { status: response.status, text: (await response.text()).trim() };
  } catch {
    return { status: 0, text: '' };
  }
}
