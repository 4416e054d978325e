import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hashSync, parseOptions } from '@node-rs/argon2';
import fc from 'fast-check';
import { Piscina } from 'piscina';
import type { Argon2Task } from '#adapters/crypto/argon2-task.ts';
import { createPasswordHasher } from '#adapters/crypto/password-hasher.ts';

interface Cost {
  memoryKib: number;
  passes: number;
  parallelism: number;
}

const base64 = (size: number) => randomBytes(size).toString('base64').replace(/=+$/, '');
const storedHash = ({ memoryKib, passes, parallelism }: Cost) =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${base64(16)}$${base64(32)}`;

/** The tasks that refusing one password gives to the threads, without computing them. */
async function refusing(today: Cost, hash: string | undefined): Promise<Argon2Task[]> {
  const tasks: Argon2Task[] = [];
  const hasher = createPasswordHasher(today, async (task) => {
    tasks.push(task);
    return false;
  });
  await hasher.verify(hash, 'wrong');
  return tasks;
}

/** KiB computed in all passes by a task that refuses, and the most memory it holds. */
function workOf(task: Argon2Task | undefined): { work: number; memory: number } {
  assert.ok(task?.kind === 'verify');
  const { memoryCost, timeCost } = parseOptions(task.hash);
  const { memoryCost: more = 0, timeCost: again = 0 } = task.onRefusal ?? {};
  return { work: memoryCost * timeCost + more * again, memory: Math.max(memoryCost, more) };
}

const cost = (parallelism: number) =>
  fc.record({
    memoryKib: fc.integer({ min: 19456, max: 200_000 }),
    passes: fc.integer({ min: 1, max: 6 }),
    parallelism: fc.constant(parallelism),
  });
const pairs = fc.integer({ min: 1, max: 8 }).chain((lanes) => fc.tuple(cost(lanes), cost(lanes)));
const workFor = ({ memoryKib, passes }: Cost) => memoryKib * passes;

describe('work of a refused password', () => {
  test('raised settings cost a known person with an old hash what they cost an unknown one', async () => {
    const old = { memoryKib: 19456, passes: 2, parallelism: 1 };
    const today = { memoryKib: 47104, passes: 2, parallelism: 1 };
    const [known, ...more] = await refusing(today, storedHash(old));
    const [unknown] = await refusing(today, undefined);
    assert.deepEqual(more, []);
    assert.equal(workOf(known).work, workOf(unknown).work);
    assert.equal(workOf(unknown).work, 2 * 47104);
  });

  test('whatever a cheaper hash was made with, refusing it is one task of the same work and no more memory', async () => {
    const rule = fc.asyncProperty(pairs, async ([stored, today]) => {
      fc.pre(workFor(stored) <= workFor(today));
      const tasks = await refusing(today, storedHash(stored));
      assert.equal(tasks.length, 1);
      const { work, memory } = workOf(tasks[0]);
      // What is below the least that argon2 can compute stays out.
      assert.ok(Math.abs(work - workFor(today)) < 8 * today.parallelism * today.passes);
      assert.ok(memory <= Math.max(stored.memoryKib, today.memoryKib));
    });
    await fc.assert(rule);
  });

  test('an unknown person and a hash of today get nothing added, a dearer one neither', async () => {
    const today = { memoryKib: 47104, passes: 2, parallelism: 1 };
    const dearer = { ...today, passes: 3 };
    for (const hash of [undefined, storedHash(today), storedHash(dearer)]) {
      const [task] = await refusing(today, hash);
      assert.ok(task?.kind === 'verify');
      assert.equal(task.onRefusal, undefined);
    }
  });
});

describe('hashing thread', () => {
  const pool = new Piscina<Argon2Task, string | boolean>({
    filename: fileURLToPath(new URL('../../../adapters/crypto/argon2-worker.mjs', import.meta.url)),
    name: 'runArgon2',
    maxThreads: 1,
  });
  after(() => pool.destroy());
  const hash = hashSync('right', { memoryCost: 64, timeCost: 1 });
  /** argon2 refuses so little memory: whoever computes this, fails. */
  const impossible = { memoryCost: 1, timeCost: 1 };

  test('the added work is done for a wrong password and only for that', async () => {
    const wrong = pool.run({ kind: 'verify', password: 'wrong', hash, onRefusal: impossible });
    await assert.rejects(wrong);
    const right = await pool.run({ kind: 'verify', password: 'right', hash, onRefusal: impossible });
    assert.equal(right, true);
  });

  test('added work does not make a wrong password right', async () => {
    const onRefusal = { memoryCost: 64, timeCost: 2 };
    assert.equal(await pool.run({ kind: 'verify', password: 'wrong', hash, onRefusal }), false);
  });
});
