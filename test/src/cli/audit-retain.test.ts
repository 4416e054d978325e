import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { NewAuditRecord } from '#src/audit/ports.ts';
import { sealTenant } from '#src/audit/sealer.ts';
import { openControlServer } from '#src/cli/control-server.ts';
import { createControlledRun } from '#src/cli/run-command.ts';
import { newRecord } from '../../contracts/audit-store.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';

const WHY = ['--reason', 'monthly run', '--by', 'Anne'];
const EVERY = { after: 0, limit: 1_000 };

/** The log of three moments of 2019, 2025 and 2026, sealed then; it is 15 January 2026. */
async function withHistory(opened: OpenedOperations) {
  const { stores, clock, operations } = opened;
  const { auditStores, digester } = stores;
  const { id } = operations.tenant;
  const write = (...records: Partial<NewAuditRecord>[]) =>
    stores.audit.append(
      id,
      records.map((more) => newRecord(id, { at: clock.now(), ...more })),
    );
  const sealNow = () => sealTenant({ seals: auditStores.seals, digester, clock }, id);
  for (const at of [Date.UTC(2019, 0, 1), Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 15, 9)]) {
    clock.set(at);
    await write({ reason: `of ${new Date(at).getUTCFullYear()}` }, {});
    await sealNow();
  }
  const page = () => stores.audit.page(id, EVERY);
  return { write, sealNow, page, verify: () => operations.verifyAudit(id) };
}

describe('audit retain', () => {
  const ending = endOfSuite();
  let opened: OpenedOperations;
  let history: Awaited<ReturnType<typeof withHistory>>;
  before(async () => {
    opened = await openTestOperations(ending);
    history = await withHistory(opened);
  });
  const retain = (...argv: string[]) => say(opened.operations, ['audit', 'retain', ...WHY, ...argv]);

  test('only counts in a dry run', async () => {
    const { exit, stdout } = await retain('--dry-run', '--json');
    assert.equal(exit, 0);
    assert.deepEqual(JSON.parse(stdout), {
      dryRun: true,
      tenants: [{ tenant: 'default', forgotten: { events: 2, origins: 4, messages: 0 } }],
    });
    assert.equal((await history.page()).length, 6);
  });

  test('forgets old events by whole seals, old addresses of younger ones, and records that it did', async () => {
    const { exit, stdout, stderr } = await retain();
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /default +2 +4 +0\n/);
    assert.match(stderr, /default: 2 of 2 events\n/);
    const [first, second, third, , record, ...rest] = await history.page();
    assert.deepEqual([first?.reason, first?.address, first?.userAgent], ['of 2025', undefined, undefined]);
    assert.ok(first?.addressDigest !== undefined && second !== undefined);
    assert.deepEqual([third?.reason, third?.address], ['of 2026', '192.0.2.7']);
    assert.equal(record?.event, 'audit.retained');
    assert.deepEqual([record?.actor, record?.reason], [{ kind: 'operator', id: 'Anne' }, 'monthly run']);
    const { proof, ...detail } = record?.detail ?? {};
    assert.deepEqual(detail, { events: 2, origins: 4, messages: 0, seals: '1-1' });
    assert.match(String(proof), /^[\w-]{43}$/);
    assert.deepEqual(rest, []);
  });

  test('leaves a log that verifies, with exactly the gap that it named', async () => {
    const found = await history.verify();
    assert.deepEqual([found.faults, found.forgottenUpTo, found.events, found.seals], [[], 1, 5, 4]);
    const said = await say(opened.operations, ['audit', 'verify', ...WHY]);
    assert.match(said.stdout, /Events of seals 1-1 were forgotten/);
    assert.equal(said.exit, 0);
  });

  test('finds nothing left to do when it is run again, and records nothing of that', async () => {
    await history.sealNow();
    const before = (await history.page()).length;
    const { exit, stdout } = await retain();
    assert.equal(exit, 0);
    assert.match(stdout, /default +0 +0 +0\n/);
    assert.equal((await history.page()).length, before);
  });

  test('goes on where it was broken off: what it said would go still may', async () => {
    const { retention } = opened.stores.auditStores;
    const { id } = opened.operations.tenant;
    opened.clock.set(Date.UTC(2030, 5, 1));
    const breaking = { ...retention, forgetEvents: retention.forgetEvents };
    // The record is written and the process ends.
    retention.forgetEvents = async () => {
      throw new Error('the test ends the process');
    };
    assert.equal((await retain()).exit, 1);
    retention.forgetEvents = breaking.forgetEvents;
    assert.deepEqual((await history.verify()).faults, []);
    await retention.forgetEvents(id, { after: 1, upTo: 2, limit: 1 });
    assert.deepEqual((await history.verify()).faults, []);
    assert.equal((await retain()).exit, 0);
    const found = await history.verify();
    assert.deepEqual([found.faults, found.forgottenUpTo], [[], 2]);
  });

  test('a gap that no record names stays a fault, beside those that are named', async () => {
    const { retention } = opened.stores.auditStores;
    await retention.forgetEvents(opened.operations.tenant.id, { after: 2, upTo: 3, limit: 1 });
    const { faults } = await history.verify();
    assert.deepEqual(
      faults.map(({ kind, seal }) => [kind, seal]),
      [
        ['event-missing', 3],
        ['event-missing', 3],
      ],
    );
  });

  test('refuses a tenant that there is not', async () => {
    const { exit, stderr } = await retain('--tenant', 'nobody');
    assert.equal(exit, 1);
    assert.match(stderr, /There is no tenant nobody/);
  });
});

describe('the audit log while another process holds the stores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));
  after(() => rmSync(folder, { recursive: true }));
  const ending = endOfSuite();
  const holder = { pid: process.pid, socket: join(folder, 'control.sock') };
  let opened: OpenedOperations;
  before(async () => {
    opened = await openTestOperations(ending);
    await withHistory(opened);
    const server = await openControlServer({
      path: holder.socket,
      run: createControlledRun(opened.operations),
    });
    ending.after(async () => server[Symbol.asyncDispose]());
  });
  const inside = (...argv: string[]) => say(undefined, ['audit', ...argv], { holder });

  test('is exported there into a file of this side', async () => {
    const out = join(folder, 'log.jsonl');
    const { exit, stdout, stderr } = await inside('export', '--out', out, '--reason', 'a review');
    assert.deepEqual([exit, stdout], [0, ''], stderr);
    assert.equal(readFileSync(out, 'utf8').trimEnd().split('\n').length, 6);
  });

  test('is forgotten there, by whoever asks for it here', async () => {
    const { exit, stderr } = await inside('retain', ...WHY);
    assert.equal(exit, 0, stderr);
    const { audit } = opened.stores;
    const record = (await audit.page(opened.operations.tenant.id, EVERY)).at(-1);
    assert.deepEqual([record?.event, record?.actor], ['audit.retained', { kind: 'operator', id: 'Anne' }]);
  });
});
