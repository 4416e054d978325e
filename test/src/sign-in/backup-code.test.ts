import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#src/errors.ts';
import {
  createBackupCodes,
  makeBackupCode,
  readBackupCode,
  showBackupCode,
} from '#src/sign-in/backup-code.ts';
import { BACKUP_CODE_TRIES } from '#src/sign-in/ports.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type BackupCodeBench, createBackupCodeBench } from './backup-code-bench.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digits = fc.stringMatching(/^[0-9]{8}$/);
const base32 = fc
  .array(fc.constantFrom(...ALPHABET), { minLength: 13, maxLength: 13 })
  .map((chars) => chars.join(''));
const anyCode = fc.oneof(digits, base32);

describe('a backup code', () => {
  test('is 8 digits or 13 letters and digits without look-alikes, and what is shown is read back', () => {
    for (let made = 0; made < 500; made += 1) {
      const short = makeBackupCode('digits');
      const long = makeBackupCode('base32');
      assert.match(short, /^[0-9]{8}$/);
      assert.match(long, /^[0-9A-HJKMNP-TV-Z]{13}$/);
      for (const code of [short, long]) assert.equal(readBackupCode(showBackupCode(code)), code);
    }
  });

  test('has every sign at every place equally often, leading zeros too', () => {
    for (const [form, signs, length] of [
      ['digits', '0123456789', 8],
      ['base32', ALPHABET, 13],
    ] as const) {
      const each = 400;
      const codes = Array.from({ length: signs.length * each }, () => makeBackupCode(form));
      for (let place = 0; place < length; place += 1) {
        for (const sign of signs) {
          const count = codes.filter((code) => code[place] === sign).length;
          // Seven deviations away: a fair maker fails once in hundreds of millions of runs.
          assert.ok(Math.abs(count - each) < 7 * Math.sqrt(each), `${sign} ${count} times at ${place}`);
        }
      }
    }
  });

  test('is shown in groups that can be read aloud', () => {
    assert.equal(showBackupCode('01234567'), '0123 4567');
    assert.equal(showBackupCode('0AB1C2D3E4F5G'), '0AB1 C2D3 E4F5G');
  });

  test('is read whatever blanks, dashes and dots stand in it, in capitals, small or full-width', () => {
    const gap = fc.constantFrom('', ' ', '  ', '\u00a0', '-', '–', '\u2212', '.', '·', '\t', '\n', '\u200b');
    fc.assert(
      fc.property(anyCode, fc.infiniteStream(gap), fc.integer({ min: 0, max: 2 }), (code, gaps, writing) => {
        const written = Array.from(code, (char) => {
          const shown = writing === 1 ? char.toLowerCase() : char;
          const sign = writing === 2 ? String.fromCodePoint((shown.codePointAt(0) ?? 0) + 0xfee0) : shown;
          return sign + (gaps.next().value ?? '');
        });
        assert.equal(readBackupCode(written.join('')), code);
      }),
    );
  });

  test('is read with the letters that people take for 0 and 1', () => {
    assert.equal(readBackupCode('O123 456l'), '01234561');
    assert.equal(readBackupCode('oab1-c2d3-e4fiL'), '0AB1C2D3E4F11');
  });

  test('is nothing of another length or with other signs, however long', () => {
    for (const typed of [
      '',
      ' ',
      '1234567',
      '123456789',
      '0123456789012x',
      'ABCDEFGHJKMNU',
      '1234 567a',
      '１２３４５６٧٨',
      '12345678\0',
      '1'.repeat(100_000),
      ' '.repeat(100_000),
    ]) {
      assert.equal(readBackupCode(typed), undefined, JSON.stringify(typed.slice(0, 20)));
    }
  });
});

describe('keeping and checking backup codes', () => {
  const ending = endOfSuite();
  const CODE = '01234567';
  const WRONG = '76543210';
  let bench: BackupCodeBench;

  before(async () => {
    bench = await createBackupCodeBench(ending);
  });

  /** Somebody with a second step, who may get a code. */
  const person = async (loginName: string) => {
    const { tenantId, clock, codes, store } = bench;
    const accountId = await bench.addPerson(loginName);
    return {
      accountId,
      keep: (code: string, expected?: string) => codes.keep(tenantId, accountId, code, expected, clock.now()),
      check: (typed: string) => codes.check(tenantId, accountId, typed, clock.now()),
      kept: () => store.find(tenantId, accountId),
    };
  };
  /** Tries all but the last of a code's lives. */
  const spend = async (check: (typed: string) => Promise<string>) => {
    for (let wrong = 1; wrong < BACKUP_CODE_TRIES; wrong += 1) assert.equal(await check(WRONG), 'wrong');
  };

  test('a code is right once, as anybody types it, and then there is none', async () => {
    const { keep, check } = await person('eenmaal');
    assert.equal(await check(CODE), 'none');
    assert.equal(await keep(CODE), 'kept');
    assert.equal(await check('0123-4567 '), 'right');
    assert.equal(await check(CODE), 'none');
  });

  test('of 50 parallel uses of one code one is right', async () => {
    const { keep, check } = await person('vijftig');
    await keep(CODE);
    const answers = await Promise.all(Array.from({ length: 50 }, () => check(CODE)));
    assert.equal(answers.filter((answer) => answer === 'right').length, 1);
    assert.equal(answers.filter((answer) => answer === 'none').length, 49);
  });

  test('the fifth wrong try makes it void, and then the right code is worth nothing', async () => {
    const { keep, check } = await person('vijf');
    await keep(CODE);
    await spend(check);
    assert.equal(await check(WRONG), 'void');
    assert.equal(await check(CODE), 'none');
  });

  test('after four wrong tries the right code still works', async () => {
    const { keep, check } = await person('vier');
    await keep(CODE);
    await spend(check);
    assert.equal(await check(CODE), 'right');
  });

  test('parallel guesses get no more answers than the code has lives', async () => {
    const { keep, check } = await person('tegelijk');
    await keep(CODE);
    const guesses = Array.from({ length: 40 }, (_, index) => String(90_000_000 + index));
    const answers = await Promise.all(guesses.map(check));
    assert.equal(answers.filter((answer) => answer !== 'none').length, BACKUP_CODE_TRIES);
    assert.ok(answers.includes('void'));
  });

  test('what can be no code costs no life', async () => {
    const { keep, check } = await person('geen-code');
    await keep(CODE);
    for (let nonsense = 0; nonsense < 10; nonsense += 1) assert.equal(await check('1234'), 'malformed');
    assert.equal(await check(CODE), 'right');
  });

  test('a try that finds the hashing full costs no life', async () => {
    const full = async () => {
      throw new AppError('hash-queue-full', 503, 'full');
    };
    const { accountId, keep, check } = await person('vol');
    await keep(CODE);
    const { tenantId, digester, store } = bench;
    const crowded = createBackupCodes({ store, digester, hasher: { hash: full, verify: full } });
    for (let tries = 0; tries < 10; tries += 1) {
      await assert.rejects(crowded.check(tenantId, accountId, WRONG, 0), { code: 'hash-queue-full' });
    }
    assert.equal(await check(CODE), 'right');
  });

  test('a new code takes the place of the one it was made for, with all its lives, and of no other', async () => {
    const { keep, check, kept } = await person('opnieuw');
    await keep(CODE);
    await spend(check);
    const first = (await kept())?.id;
    assert.equal(await keep('11112222', randomUUID()), undefined);
    assert.equal(await keep('11112222'), undefined);
    assert.equal(await keep('11112222', first), 'kept');
    assert.equal(await keep('33334444', first), undefined);
    assert.equal(await check(CODE), 'wrong');
    assert.equal(await check('11112222'), 'right');
  });

  test('a code is kept however often its page is sent, and another one is not', async () => {
    const { keep, check } = await person('dubbele-klik');
    const clicks = await Promise.all([keep(CODE), keep(CODE), keep(CODE)]);
    assert.deepEqual(clicks.toSorted(), ['already', 'already', 'kept']);
    assert.equal(await keep('11112222'), undefined);
    assert.equal(await check(CODE), 'right');
    assert.equal(await keep(CODE), undefined, 'used up meanwhile');
  });

  test('a code of the longer form works the same, also small and with its look-alikes', async () => {
    const { keep, check } = await person('letters');
    await keep('0AB1C2D3E4F5G');
    assert.equal(await check('12345678'), 'wrong');
    assert.equal(await check('oabl c2d3 e4f5g'), 'right');
  });

  test('a hash is worth nothing for another account, and says nothing of the code without the key', async () => {
    const { accountId } = await person('gebonden');
    const stranger = await person('ander');
    const { tenantId, clock, codes, hasher, store } = bench;
    const hash = await codes.hashOf(accountId, CODE);
    assert.match(hash, /^\$argon2id\$/);
    assert.equal((await hasher.verify(hash, CODE)).ok, false);
    const moved = { id: randomUUID(), hash, createdAt: clock.now() };
    assert.equal(await store.replace(tenantId, stranger.accountId, moved, undefined), true);
    assert.equal(await stranger.check(CODE), 'wrong');
  });
});
