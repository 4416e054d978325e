import type { TestContext } from 'node:test';
import pg from 'pg';
import { z } from 'zod';
import type { Installation } from './installation.ts';
import { recordCommands, testRedis } from './redis.ts';

/** What requests cost, told so that two of them can be compared. */
export interface RequestCost {
  /** Password hashes made or compared. */
  hashes: number;
  /** SQL without its values. */
  statements: string[];
  /** How long each thing is that was put into the queue. */
  queued: number[];
  /** Names of Redis' commands. */
  commands: (string | undefined)[];
}

/** The SQL of a call of the driver's `query`, without its values. */
function textOf([asked]: readonly unknown[]): string {
  const parsed = z.object({ text: z.string() }).safeParse(asked);
  return parsed.success ? parsed.data.text : String(asked);
}

/**
 * What a process asks by itself, whoever signs in meanwhile: every few seconds whether others changed something, now and
 * then its keys; and of a connection that is new, or was another tenant's, what it needs before its work.
 */
const OF_THE_PROCESS = /"revision"|from "key"|set_config|pg_backend_pid/;

/** How long what a statement puts into the queue is; 0 for any other statement. */
function queuedLength(asked: readonly unknown[]): number {
  return /into message/.test(textOf(asked)) ? JSON.stringify(asked[1]).length : 0;
}

/** Counts what an installation of this process spends while `act` runs; nothing else may be asked of it meanwhile. */
export async function requestCost(
  t: TestContext,
  { running }: Installation,
  act: () => Promise<unknown>,
): Promise<RequestCost> {
  const { redis } = await testRedis(t);
  const { hasher, tenant } = running.composition;
  const query = t.mock.method(pg.Client.prototype, 'query');
  const verify = t.mock.method(hasher, 'verify');
  const hash = t.mock.method(hasher, 'hash');
  try {
    const commands = await recordCommands(redis, act);
    const calls = query.mock.calls
      .map((call) => call.arguments)
      .filter((asked) => !OF_THE_PROCESS.test(textOf(asked)));
    return {
      hashes: verify.mock.callCount() + hash.mock.callCount(),
      statements: calls.map(textOf),
      queued: calls.map(queuedLength).filter((length) => length > 0),
      // Other tests share this Redis; the tenant is part of every key.
      commands: commands
        .filter((command) => command.some((part) => part.includes(tenant.id)))
        .map(([name]) => name),
    };
  } finally {
    for (const mock of [query, verify, hash]) mock.mock.restore();
  }
}
