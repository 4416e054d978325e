import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { AuditReading, AuditRecord } from '#src/audit/ports.ts';
import { createActivity } from '#src/settings/activity.ts';
import { LEFT_OUT, TOLD, TRIES } from '#src/settings/activity-events.ts';
import { firstPage, linesOf, triesOf, withTries } from '#src/settings/activity-lines.ts';

const DAY = 24 * 60 * 60_000;
const NOON = Date.UTC(2026, 2, 9, 11);

/** Records, given as they were written: the first one is the oldest. */
function written(...records: (Partial<AuditRecord> & { event: string })[]): AuditRecord[] {
  const whole = records.map(
    (record, index): AuditRecord => ({
      ...{ tenantId: 'tenant', seq: index + 1, id: `id-${index}`, at: NOON + index * 1_000, version: 1 },
      ...{ outcome: 'success', subject: 'me', actor: { kind: 'person', id: 'me' } },
      ...{ addressDigest: undefined, agentDigest: undefined },
      ...record,
    }),
  );
  return whole.toReversed();
}

const signIn = (trace: string): (Partial<AuditRecord> & { event: string })[] => [
  { event: 'sign-in.password', trace },
  { event: 'sign-in.second-step', outcome: 'failure', trace, factor: 'totp' },
  { event: 'sign-in.second-step', trace, factor: 'totp' },
  { event: 'browser.known', trace },
  { event: 'sign-in.done', trace, userAgent: 'Firefox/1', address: '192.0.2.7' },
  { event: 'authorization.granted', trace, client: 'app', session: 'hashed' },
];

const kinds = (records: AuditRecord[]) => linesOf(records).map(({ kind, count }) => `${kind} ${count}`);

test('every event there is has words for its person, or is left out on purpose', () => {
  const folder = new URL('../../../src/', import.meta.url);
  const files = readdirSync(folder).filter((name) => /events.*\.ts$/.test(name));
  assert.ok(files.length >= 4, files.join());
  const named = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/(?:record|note|entryOf)\(\s*'([^']+)'/g)].map(
      ([, event = '']) => event,
    ),
  );
  assert.ok(named.length > 50, `only ${named.length} events were found`);
  const told = new Set([...TOLD, TRIES].map((of) => of.split(' ')[0] ?? ''));
  const known = new Set([...told, ...Object.keys(LEFT_OUT)]);
  assert.deepEqual(
    [...new Set(named)].filter((event) => !known.has(event)),
    [],
    'has neither words nor a reason',
  );
  assert.deepEqual(
    [...known].filter((event) => !named.includes(event)),
    [],
    'is no event any more',
  );
  assert.deepEqual(
    Object.keys(LEFT_OUT).filter((event) => told.has(event)),
    [],
    'is both',
  );
});

describe('a sign-in is one line', () => {
  test('with its method, application, browser and address, and what went wrong on the way', () => {
    const [line, ...others] = linesOf(written(...signIn('one')));
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(line, {
      ...{ kind: 'signed-in', method: 'totp', client: 'app', wrongBefore: 1, newBrowser: true },
      ...{ userAgent: 'Firefox/1', address: '192.0.2.7', refused: false, oldest: 1, newest: 6 },
    });
  });

  test('also where another one ran beside it', () => {
    const [one, other] = [signIn('one'), signIn('other')];
    const mixed = one.flatMap((record, index) => [record, other[index] ?? record]);
    assert.deepEqual(kinds(written(...mixed)), ['signed-in 1', 'signed-in 1']);
  });

  for (const [what, records, expected] of [
    [
      'a right password without a second step',
      [{ event: 'sign-in.password', trace: 'one' }],
      'second-step-missing 1',
    ],
    ['second steps that were all wrong', signIn('one').slice(0, 2), 'second-step-wrong 1'],
    ['a second step behind which nothing came', signIn('one').slice(0, 3), 'sign-in-unfinished 1'],
    [
      'a demand that could not be met',
      [...signIn('one').slice(0, 3), { event: 'sign-in.demand-unmet', outcome: 'failure', trace: 'one' }],
      'demand-unmet 1',
    ],
    ['an application that was opened without one', signIn('one').slice(5), 'application-opened 1'],
  ] as const) {
    test(`and so is ${what}`, () => assert.deepEqual(kinds(written(...records)), [expected]));
  }

  test('while a password and a second step that the settings ask are none', () => {
    const settings = { trace: 'stamp', session: 'hashed' };
    assert.deepEqual(
      kinds(
        written(
          { event: 'sign-in.password', ...settings },
          { event: 'sign-in.second-step', ...settings },
          { event: 'password.changed', ...settings, detail: { purpose: 'settings' } },
        ),
      ),
      ['password-changed 1'],
    );
  });
});

test('what one place does over and over in a day is one line with a number; another day is another line', () => {
  const opened = { event: 'authorization.granted', client: 'app', address: '192.0.2.7' };
  const late = NOON + 11 * 60 * 60_000 + 30 * 60_000;
  assert.deepEqual(
    kinds(
      written(
        opened,
        { ...opened, client: 'other' },
        opened,
        // 23:30 in Amsterdam is the same day, half an hour later is not.
        { ...opened, at: late },
        { ...opened, at: late + 30 * 60_000 },
        { event: 'language.changed' },
        { event: 'language.changed' },
      ),
    ),
    [
      'language-changed 1',
      'language-changed 1',
      'application-opened 1',
      'application-opened 3',
      'application-opened 1',
    ],
  );
});

test('what operators did is told with who and why, and nobody else is named', () => {
  const [reset, mine] = linesOf(
    written(
      { event: 'password.changed', reason: 'internal' },
      { event: 'second-step.reset', actor: { kind: 'operator', id: 'm.desk' }, reason: 'lost <phone>' },
    ),
  );
  assert.deepEqual(reset?.operator, { name: 'm.desk', reason: 'lost <phone>' });
  assert.equal(mine?.operator, undefined);
});

test('an event that nobody knows, or that tells nothing, is no line', () => {
  assert.deepEqual(
    kinds(
      written(
        { event: 'from.the-future' },
        { event: 'tokens.issued' },
        { event: 'grant.ended', detail: { by: 'sign-out' } },
        { event: 'grant.ended', detail: { by: 'reuse' }, client: 'app' },
        { event: 'recovery.answered', reason: 'limited' },
      ),
    ),
    ['access-ended 1'],
  );
});

describe('wrong passwords', () => {
  const tally = (at: number, count: number, reason = 'refused') => ({ at, count, reason });

  test('are one line a day and kind, between what else happened', () => {
    const lines = linesOf(written({ event: 'sign-out' }, { event: 'sign-out', at: NOON + DAY }));
    const tries = triesOf([
      tally(NOON + 2 * DAY, 40),
      tally(NOON + 2 * DAY - 3_600_000, 2),
      tally(NOON + 2 * DAY, 3, 'wait'),
      tally(NOON + 5_000, 1, 'blocked'),
      tally(NOON - 5_000, 1),
    ]);
    assert.deepEqual(
      withTries(lines, tries).map(({ kind, count }) => `${kind} ${count}`),
      [
        'wrong-password 42',
        'too-often 3',
        'signed-out 1',
        'sign-in-closed 1',
        'signed-out 1',
        'wrong-password 1',
      ],
    );
  });

  test('of months on end are one line, from when to when', () => {
    const tries = triesOf(Array.from({ length: 90 }, (_, day) => tally(NOON + (90 - day) * DAY, 10)));
    const [line, ...others] = withTries([], tries);
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(line, { count: 900, at: NOON + 90 * DAY, since: NOON + DAY });
  });
});

/** An audit log of one person, as the store reads it. */
function logOf(records: readonly AuditRecord[]): Pick<AuditReading, 'bySubject' | 'tally'> {
  return {
    async bySubject(_tenant, _subject, limit, { before = Number.POSITIVE_INFINITY, of } = {}) {
      const wanted = records.filter(({ seq }) => seq < before);
      return wanted.filter(({ event, outcome }) => of?.includes(`${event} ${outcome}`)).slice(0, limit);
    },
    tally: async () => [],
  };
}

const me = { tenantId: 'tenant', account: { id: 'me' } };

async function allPages(records: readonly AuditRecord[]) {
  const activity = createActivity({ audit: logOf(records) });
  const pages = [];
  let before: number | undefined;
  do {
    const page = await activity.page(me, before);
    pages.push(page.lines);
    before = page.older;
  } while (before !== undefined && pages.length < 1_000);
  return pages;
}

describe('page by page', () => {
  test('every sign-in is told once and whole, wherever a page ends', async () => {
    const many = Array.from({ length: 400 }, (_, index) => signIn(`trace-${index}`)).flat();
    const pages = await allPages(written(...many));
    assert.ok(pages.length >= 16 && pages.every((lines) => lines.length <= 25));
    const lines = pages.flat();
    assert.equal(lines.length, 400);
    assert.ok(
      lines.every(
        ({ kind, wrongBefore, newBrowser }) => kind === 'signed-in' && wrongBefore === 1 && newBrowser,
      ),
    );
  });

  test('what tells nothing makes no empty page while there is something behind it', async () => {
    const nothing = Array.from({ length: 700 }, () => ({ event: 'grant.ended', detail: { by: 'sign-out' } }));
    const pages = await allPages(written({ event: 'sign-out' }, ...nothing));
    assert.deepEqual(
      pages.map((lines) => lines.map(({ kind }) => kind)),
      [['signed-out']],
    );
  });

  test('one line that goes on through the whole log does not keep the rest from being told', async () => {
    const opened = { event: 'authorization.granted', client: 'app' };
    const many = Array.from({ length: 900 }, (_, index) =>
      index % 30 === 0 ? { event: 'language.changed', at: NOON } : { ...opened, at: NOON },
    );
    const lines = (await allPages(written(...many))).flat();
    assert.equal(lines.filter(({ kind }) => kind === 'language-changed').length, 30);
  });

  test('a page that ends within a line begins again with the rest of it', () => {
    const straddling = written(
      ...signIn('one').slice(0, 2),
      { event: 'sign-out' },
      ...signIn('one').slice(2),
    );
    const lines = linesOf(straddling);
    const page = firstPage(lines, { most: 1, more: false });
    assert.deepEqual([page.lines.length, page.older], [1, 4]);
  });
});
