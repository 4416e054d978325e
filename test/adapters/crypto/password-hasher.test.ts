import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { after, describe, test } from 'node:test';
import { hashSync } from '@node-rs/argon2';
import { type OpenPasswordHasher, openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { AppError } from '#src/errors.ts';

/** As small as argon2 goes: what is tested here is the rules around it, not its cost. */
const SMALL = { memoryKib: 64, passes: 2, parallelism: 1, threads: 2, queue: 4 };
const failsAs = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
const phc = (password: string, options: Parameters<typeof hashSync>[1]) => hashSync(password, options);

describe('password hasher', async () => {
  const hasher: OpenPasswordHasher = await openPasswordHasher(SMALL);
  after(() => hasher[Symbol.asyncDispose]());

  test('a hash is argon2id, version 19, with the parameters it was asked for and a salt of its own', async () => {
    const [left, right] = await Promise.all([hasher.hash('same password'), hasher.hash('same password')]);
    assert.match(left, /^\$argon2id\$v=19\$m=64,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(left, right);
  });

  test('the right password is right and every other one is wrong', async () => {
    const hash = await hasher.hash('Juist Wachtwoord 9');
    assert.deepEqual(await hasher.verify(hash, 'Juist Wachtwoord 9'), { ok: true, outdated: false });
    for (const wrong of [
      'juist Wachtwoord 9',
      'Juist Wachtwoord 9 ',
      'Juist Wachtwoord 9\0',
      'Juist Wachtwoord',
      '',
    ]) {
      assert.equal((await hasher.verify(hash, wrong)).ok, false, JSON.stringify(wrong));
    }
  });

  test('composed and decomposed spellings are one password', async () => {
    const hash = await hasher.hash('cafe\u0301 op de hoek');
    assert.equal((await hasher.verify(hash, 'caf\u00e9 op de hoek')).ok, true);
  });

  test('compatibility forms stay different: only NFC is applied', async () => {
    const hash = await hasher.hash('\ufb01ets en trein');
    assert.equal((await hasher.verify(hash, 'fiets en trein')).ok, false);
  });

  test('an unknown person is answered by a dummy that no password opens', async () => {
    for (const password of ['', 'password', 'Juist Wachtwoord 9']) {
      assert.deepEqual(await hasher.verify(undefined, password), { ok: false, outdated: false });
    }
  });

  test('a malformed stored hash is our fault, not a wrong password', async () => {
    const good = await hasher.hash('password');
    const cut = good.slice(0, good.lastIndexOf('$'));
    for (const broken of [
      '',
      'plain',
      '$argon2id$v=19$m=64,t=2,p=1$AAAA',
      cut,
      '$2b$10$abcdefghijklmnopqrstuv',
    ]) {
      await assert.rejects(hasher.verify(broken, 'password'), failsAs('internal'), broken);
    }
  });

  test('a password with a lone surrogate is never stored and never right', async () => {
    await assert.rejects(hasher.hash('geheim\ud800'), failsAs('internal'));
    const replaced = await hasher.hash('geheim\ufffd');
    assert.equal((await hasher.verify(replaced, 'geheim\ud800')).ok, false);
  });

  test('a hash with less memory, fewer passes, another version or variant is outdated but still right', async () => {
    const today = { memoryCost: 64, timeCost: 2, parallelism: 1, outputLen: 32 };
    const weaker = [
      { ...today, memoryCost: 32 },
      { ...today, timeCost: 1 },
      { ...today, outputLen: 16 },
      { ...today, version: 0 },
      { ...today, algorithm: 1 },
    ];
    for (const options of weaker) {
      assert.deepEqual(await hasher.verify(phc('secret', options), 'secret'), { ok: true, outdated: true });
    }
  });

  test('a hash with stronger parameters than today stays as it is', async () => {
    const stronger = phc('secret', { memoryCost: 128, timeCost: 3, parallelism: 1, outputLen: 32 });
    assert.deepEqual(await hasher.verify(stronger, 'secret'), { ok: true, outdated: false });
  });
});

describe('queue of the password hasher', () => {
  test('what exceeds threads and queue is refused at once with a Retry-After, the rest is answered', async () => {
    await using hasher = await openPasswordHasher(SMALL);
    const tries = Array.from({ length: 10 }, () => hasher.verify(undefined, 'x'));
    assert.equal(hasher.waiting(), 4);
    const outcomes = await Promise.allSettled(tries);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.equal(refused.length, 4);
    for (const { reason } of refused) {
      assert.ok(reason instanceof AppError);
      assert.deepEqual([reason.code, reason.status, reason.retryAfter], ['hash-queue-full', 503, 2]);
    }
    assert.equal(hasher.waiting(), 0);
  });

  test('known and unknown people take the same place in the queue', async () => {
    await using hasher = await openPasswordHasher({ ...SMALL, threads: 1, queue: 1 });
    const hash = await hasher.hash('secret');
    const tries = [hasher.verify(hash, 'a'), hasher.verify(undefined, 'a')];
    await assert.rejects(hasher.verify(undefined, 'b'), failsAs('hash-queue-full'));
    await assert.rejects(hasher.verify(hash, 'b'), failsAs('hash-queue-full'));
    await Promise.all(tries);
  });

  test('a malformed stored hash takes no place in the queue', async () => {
    await using hasher = await openPasswordHasher({ ...SMALL, threads: 1, queue: 1 });
    for (let round = 0; round < 5; round += 1)
      await assert.rejects(hasher.verify('broken', 'x'), failsAs('internal'));
    assert.equal((await hasher.verify(undefined, 'x')).ok, false);
  });

  test('disposing finishes what was accepted', async () => {
    const hasher = await openPasswordHasher({ ...SMALL, threads: 1 });
    const hashes = Promise.all([hasher.hash('one'), hasher.hash('two'), hasher.hash('three')]);
    await hasher[Symbol.asyncDispose]();
    assert.equal((await hashes).length, 3);
  });

  test('parameters that argon2 refuses are found when opening, not at the first sign-in', async () => {
    await assert.rejects(openPasswordHasher({ ...SMALL, memoryKib: 1 }), failsAs('internal'));
  });
});

/** Niceness of each thread of this process by its id (proc_pid_stat(5), field 19). */
function threadNiceness(): Map<number, number> {
  const ids = readdirSync('/proc/self/task');
  return new Map(
    ids.map((id) => {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
      const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [Number(id), Number(afterName[16])];
    }),
  );
}

test('hashing makes way for the thread that answers requests, which keeps its place', async () => {
  const before = getPriority();
  const threads = process.platform === 'linux' ? threadNiceness() : undefined;
  await using hasher = await openPasswordHasher({ ...SMALL, threads: 1 });
  await hasher.hash('password');
  assert.equal(getPriority(), before);
  // Elsewhere no thread has a place of its own.
  if (threads === undefined) return;
  const started = [...threadNiceness()].filter(([id]) => !threads.has(id));
  assert.ok(
    started.some(([, niceness]) => niceness > before),
    `threads started: ${JSON.stringify(started)}`,
  );
  assert.equal(threadNiceness().get(process.pid), before);
});
