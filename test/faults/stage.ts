import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import type { RawSettings } from '#config/settings.ts';
import type { SignInPlace } from '../support/accounts.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { putFarAway } from '../support/far-store.ts';
import type { Link } from '../support/link.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { openPlace, sampleClient } from '../support/product-place.ts';
import { type ProductProcess, productSettings, startProduct } from '../support/product-process.ts';
import { startOwnRedis } from '../support/redis.ts';

/** A real process whose two stores are reached over links, and where its people sign in. */
export interface FaultStage {
  product: ProductProcess;
  place: SignInPlace;
  postgres: Link;
  redis: Link;
  /** Address of the Redis, past the link. */
  redisUrl: string;
}

/** Starts a process with stores of its own for one test. */
export async function setFaultStage(t: TestContext, more: Partial<RawSettings> = {}): Promise<FaultStage> {
  const database = await createTestDatabase(t);
  const { url: redisUrl } = await startOwnRedis(t, await freePort());
  const settings = {
    ...(await productSettings(database.url, redisUrl)),
    clients: [sampleClient],
    ...more,
  };
  settings.listen = { ...settings.listen, trustedHops: 1 };
  const postgres = await putFarAway(t, database.url);
  const redis = await putFarAway(t, redisUrl);
  const product = await startProduct(t, {
    ...settings,
    database: { ...settings.database, url: postgres.url },
    redis: { ...settings.redis, url: redis.url },
  });
  const place = await openPlace(t, { ...settings, password: { threads: 1 } });
  await product.untilReady();
  return { product, place, postgres: postgres.link, redis: redis.link, redisUrl };
}

/** The number on an error page or in a program's answer. */
export function referenceIn(text: string): string {
  const reference = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text)?.[0];
  assert.ok(reference, `no reference in ${text}`);
  return reference;
}

/** A person's page while something is away: 503, when to come back, a number that the log has, and nothing else. */
export async function assertUnavailablePage({ product }: FaultStage, page: Answer): Promise<void> {
  assert.equal(page.status, 503, page.body);
  assert.equal(page.step, 'error');
  assertNothingGiven(page.headers);
  await assertLogged(product, referenceIn(page.body));
}

/** A program's answer while something is away: OAuth's error (RFC 6749 §5.2) as JSON. */
export async function assertUnavailableJson(
  { product }: FaultStage,
  { status, headers, body }: Answer,
): Promise<void> {
  assert.equal(status, 503, body);
  assert.equal(JSON.parse(body).error, 'temporarily_unavailable');
  assertNothingGiven(headers);
  await assertLogged(product, referenceIn(body));
}

function assertNothingGiven(headers: Headers): void {
  assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  assert.match(headers.get('cache-control') ?? '', /no-store/);
  assert.equal(headers.get('location'), null);
  assert.deepEqual(headers.getSetCookie(), []);
}

/**
 * One line for each answer under this number, which all requests of one sign-in have. Waits for it: the log takes
 * another way to us than the answer.
 */
async function assertLogged({ untilLogged, records }: ProductProcess, reference: string): Promise<void> {
  const about = () => records().filter((record) => record.reference === reference);
  const failures = () => about().filter(({ level }) => level === 50).length;
  const answers = () => about().filter(({ status }) => Number(status) >= 500).length;
  await untilLogged(() => failures() > 0 && answers() >= failures());
  assert.ok(failures() > 0);
}

/** Asks for what needs no store, many times at once; all of it is answered. */
export async function assertStorelessAnswers({ product }: FaultStage): Promise<void> {
  const asset = /href="(\/assets\/[^"]+)"/.exec(
    (await new Browser().get(`${product.origin}/nowhere`)).body,
  )?.[1];
  assert.ok(asset, 'a page names its style sheet');
  const urls = [
    `${product.origin}/.well-known/openid-configuration`,
    `${product.origin}/jwks`,
    `${product.origin}${asset}`,
    `${product.management}/livez`,
  ];
  const asked = Array.from({ length: 5 }, () => urls).flat();
  const statuses = await Promise.all(asked.map(async (url) => (await new Browser().get(url)).status));
  assert.deepEqual(new Set(statuses), new Set([200]));
}

/** Bytes of memory the process holds. */
export async function residentBytes({ process: { pid } }: ProductProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
