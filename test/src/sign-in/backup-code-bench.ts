import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { createBackupCodeStore } from '#adapters/postgres/backup-code-store.ts';
import { createBackupCodes } from '#src/sign-in/backup-code.ts';
import type { Ending } from '../../support/postgres.ts';
import { createSignInBench } from './sign-in-bench.ts';

/** argon2id as cheap as it gets: these tests are about the rules around it. */
const cost = { memoryKib: 8, passes: 1, parallelism: 1, threads: 2, queue: 200 };

/** Backup codes on Postgres and argon2id, and people who may have one. */
export async function createBackupCodeBench(ending: Ending) {
  const bench = await createSignInBench(ending);
  const hasher = await openPasswordHasher(cost);
  ending.after(async () => hasher[Symbol.asyncDispose]());
  const { tenantId, digester, clock, factors, database } = bench;
  const store = createBackupCodeStore({ database });

  /** Somebody with a second step and no backup code: their account's id. */
  const addPerson = async (loginName: string): Promise<string> => {
    const { id: accountId } = await bench.addAccount(loginName);
    const app = { id: randomUUID(), tenantId, accountId, kind: 'totp', label: '', data: '{}' };
    assert.ok(await factors.addFirst({ ...app, identity: undefined, lastCounter: 1 }, clock.now()));
    return accountId;
  };
  return {
    tenantId,
    digester,
    clock,
    hasher,
    store,
    addPerson,
    codes: createBackupCodes({ store, hasher, digester }),
  };
}

export type BackupCodeBench = Awaited<ReturnType<typeof createBackupCodeBench>>;
