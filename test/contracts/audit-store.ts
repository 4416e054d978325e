import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { AuditSealStore, AuditStore, NewAuditRecord } from '#src/audit/ports.ts';
import { sealTenant } from '#src/audit/sealer.ts';
import { createVerifyAudit } from '#src/audit/verify.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** An audit log, its seals, and two tenants about whom nothing was written yet. */
export interface AuditStoreSetting {
  audit: { events: AuditStore; seals: AuditSealStore };
  digester: Digester;
  tenantId: TenantId;
  otherTenantId: TenantId;
}

type MakeStore = (t: TestContext) => Promise<AuditStoreSetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);

/** A record with something in every field. */
export function newRecord(tenantId: TenantId, more: Partial<NewAuditRecord> = {}): NewAuditRecord {
  return {
    ...{ tenantId, id: randomUUID(), at: AT, version: 1, event: 'sign-in.password', outcome: 'failure' },
    ...{ reason: 'refused', subject: randomUUID(), actor: { kind: 'anonymous' }, client: 'app' },
    ...{ session: 'hashed', factor: 'totp', acr: 'urn:two', reference: 'K7QM-2X9D', trace: 'interaction' },
    ...{ address: '192.0.2.7', userAgent: 'Browser/1.0', addressDigest: 'a-digest', agentDigest: 'another' },
    detail: { tries: 3, again: true, amr: ['pwd', 'otp'], note: '=1+1 "é" 😀' },
    ...more,
  };
}

const bare = {
  reason: undefined,
  subject: undefined,
  client: undefined,
  session: undefined,
  factor: undefined,
};
const barer = {
  acr: undefined,
  reference: undefined,
  trace: undefined,
  address: undefined,
  userAgent: undefined,
};
const barest = { ...bare, ...barer, addressDigest: undefined, agentDigest: undefined, detail: {} };

function describeEvents(makeStore: MakeStore): void {
  test('what was written comes back as it was, in the order of writing', async (t) => {
    const { audit, tenantId } = await makeStore(t);
    const records = [
      newRecord(tenantId),
      newRecord(tenantId, { ...barest, actor: { kind: 'system' }, outcome: 'success' }),
      newRecord(tenantId, { actor: { kind: 'operator', id: 'jo' }, userAgent: undefined }),
      newRecord(tenantId, { actor: { kind: 'person', id: randomUUID() }, address: undefined }),
    ];
    await audit.events.append(tenantId, records.slice(0, 3));
    await audit.events.append(tenantId, records.slice(3));
    const page = await audit.events.page(tenantId, { after: 0, limit: 10 });
    assert.deepEqual(
      page.map(({ seq: _, ...record }) => record),
      records,
    );
    const seqs = page.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.toSorted((one, other) => one - other),
    );
  });

  test('a page begins behind the last one seen, and keeps to its span', async (t) => {
    const { audit, tenantId } = await makeStore(t);
    const records = [0, 1, 2, 3].map((ms) => newRecord(tenantId, { at: AT + ms }));
    await audit.events.append(tenantId, records);
    const [first, second] = await audit.events.page(tenantId, { after: 0, limit: 2 });
    assert.deepEqual([first?.id, second?.id], [records[0]?.id, records[1]?.id]);
    const rest = await audit.events.page(tenantId, { after: second?.seq ?? 0, limit: 10 });
    assert.deepEqual(
      rest.map(({ id }) => id),
      [records[2]?.id, records[3]?.id],
    );
    const span = { from: AT + 1, to: AT + 3 };
    const within = await audit.events.page(tenantId, { ...span, after: 0, limit: 10 });
    assert.deepEqual(
      within.map(({ at }) => at - AT),
      [1, 2],
    );
    assert.equal(await audit.events.count(tenantId, span), 2);
    assert.equal(await audit.events.count(tenantId, {}), 4);
  });

  test('a number gives its own story oldest first, a person theirs newest first, each no more than asked for', async (t) => {
    const { audit, tenantId } = await makeStore(t);
    const subject = randomUUID();
    const records = [0, 1, 2].map((ms) =>
      newRecord(tenantId, { at: AT + ms, subject, reference: 'AAAA-0000' }),
    );
    await audit.events.append(tenantId, [...records, newRecord(tenantId)]);
    const ids = records.map(({ id }) => id);
    const told = await audit.events.byReference(tenantId, 'AAAA-0000', 10);
    assert.deepEqual(
      told.map(({ id }) => id),
      ids,
    );
    const about = await audit.events.bySubject(tenantId, subject, 10);
    assert.deepEqual(
      about.map(({ id }) => id),
      ids.toReversed(),
    );
    assert.equal((await audit.events.byReference(tenantId, 'AAAA-0000', 2)).length, 2);
    assert.equal((await audit.events.bySubject(tenantId, subject, 2)).length, 2);
    assert.equal(about[0]?.address, '192.0.2.7');
  });

  test('a person’s events are read on from any of them, and no other kinds than asked for', async (t) => {
    const { audit, tenantId } = await makeStore(t);
    const subject = randomUUID();
    const records = [
      newRecord(tenantId, { subject, event: 'sign-in.done', outcome: 'success' }),
      newRecord(tenantId, { subject }),
      newRecord(tenantId),
      newRecord(tenantId, { subject, outcome: 'success' }),
    ];
    await audit.events.append(tenantId, records);
    const read = async (which?: Parameters<AuditStore['bySubject']>[3]) =>
      (await audit.events.bySubject(tenantId, subject, 10, which)).map(({ id }) =>
        records.findIndex((one) => one.id === id),
      );
    assert.deepEqual(await read(), [3, 1, 0]);
    assert.deepEqual(await read({ of: ['sign-in.done success', 'sign-in.password failure'] }), [1, 0]);
    assert.deepEqual(await read({ of: [] }), []);
    const page = await audit.events.page(tenantId, { after: 0, limit: 10 });
    const [first, , others, last] = page.map(({ seq }) => seq);
    assert.deepEqual(await read({ before: last }), [1, 0]);
    // An event of somebody else is a place in the order like any other, and is not told.
    assert.deepEqual(await read({ before: others }), [1, 0]);
    assert.deepEqual(await read({ before: first }), []);
  });

  test('what happens to a person over and over is counted by hour and reason, between two events', async (t) => {
    const { audit, tenantId, otherTenantId } = await makeStore(t);
    const subject = randomUUID();
    const HOUR = 3_600_000;
    const after = (hours: number, more: Partial<NewAuditRecord> = {}) =>
      newRecord(tenantId, { subject, at: AT + hours * HOUR, ...more });
    await audit.events.append(tenantId, [
      ...[after(0), after(0, { at: AT + 1 }), after(0, { reason: undefined })],
      ...[after(1, { outcome: 'success' }), after(1, { subject: randomUUID() }), after(2)],
    ]);
    const page = await audit.events.page(tenantId, { after: 0, limit: 10 });
    const [first] = page.map(({ seq }) => seq);
    const { events } = audit;
    const guesses = 'sign-in.password failure';
    assert.deepEqual(await events.tally(tenantId, subject, guesses, { after: 0, limit: 10 }), [
      { reason: 'refused', count: 1, at: AT + 2 * HOUR },
      { reason: 'refused', count: 2, at: AT + 1 },
      { reason: undefined, count: 1, at: AT },
    ]);
    const within = { after: first ?? 0, before: page.at(-1)?.seq, limit: 1 };
    assert.deepEqual(await events.tally(tenantId, subject, guesses, within), [
      { reason: 'refused', count: 1, at: AT + 1 },
    ]);
    const none = { after: 0, before: first, limit: 10 };
    assert.deepEqual(await events.tally(tenantId, subject, guesses, none), []);
    assert.deepEqual(await events.tally(tenantId, 'nobody', guesses, { after: 0, limit: 10 }), []);
    assert.deepEqual(await events.tally(otherTenantId, subject, guesses, { after: 0, limit: 10 }), []);
  });

  test('one that can not be kept keeps all of its batch from being kept', async (t) => {
    const { audit, tenantId } = await makeStore(t);
    const twice = newRecord(tenantId);
    await assert.rejects(audit.events.append(tenantId, [newRecord(tenantId), twice, twice]));
    assert.equal(await audit.events.count(tenantId, {}), 0);
    assert.deepEqual(await audit.seals.walk(tenantId, { after: 0, limit: 10 }), []);
  });

  test('nobody reads what belongs to another tenant, and nonsense finds nothing', async (t) => {
    const { audit, tenantId, otherTenantId } = await makeStore(t);
    const record = newRecord(tenantId);
    await audit.events.append(tenantId, [record]);
    const { events } = audit;
    assert.deepEqual(await events.page(otherTenantId, { after: 0, limit: 10 }), []);
    assert.deepEqual(await events.byReference(otherTenantId, 'K7QM-2X9D', 10), []);
    assert.deepEqual(await events.bySubject(otherTenantId, record.subject ?? '', 10), []);
    assert.equal(await events.count(otherTenantId, {}), 0);
    assert.deepEqual(await events.byReference(tenantId, 'x\0', 10), []);
    assert.deepEqual(await events.bySubject(tenantId, "' or true --", 10), []);
  });
}

function describeSeals(makeStore: MakeStore): void {
  test('what is written waits for its seal, and is sealed once, in its order', async (t) => {
    const setting = await makeStore(t);
    const { audit, tenantId, otherTenantId, digester } = setting;
    const clock = { now: () => AT };
    await audit.events.append(tenantId, [newRecord(tenantId), newRecord(tenantId)]);
    assert.ok((await audit.seals.tenantsToSeal()).includes(tenantId));
    assert.equal(await sealTenant({ seals: audit.seals, digester, clock }, otherTenantId), 0);
    assert.equal(await sealTenant({ seals: audit.seals, digester, clock }, tenantId), 2);
    await audit.events.append(tenantId, [newRecord(tenantId)]);
    assert.equal(await sealTenant({ seals: audit.seals, digester, clock }, tenantId), 1);
    assert.equal(await sealTenant({ seals: audit.seals, digester, clock }, tenantId), 0);
    assert.equal((await audit.seals.tenantsToSeal()).includes(tenantId), false);
    const seals = await audit.seals.seals(tenantId, { after: 0, limit: 10 });
    const written = await audit.events.page(tenantId, { after: 0, limit: 10 });
    assert.deepEqual(
      seals.map(({ number }) => number),
      [1, 2],
    );
    assert.deepEqual(
      seals.flatMap(({ seqs }) => seqs),
      written.map(({ seq }) => seq),
    );
    assert.equal(seals[1]?.previous, seals[0]?.hash);
    assert.equal(seals[0]?.sealedAt, AT);
    const found = await createVerifyAudit({ seals: audit.seals, digester })(tenantId);
    assert.deepEqual([found.events, found.seals, found.pending, found.faultCount], [3, 2, 0, 0]);
    assert.equal(found.sealedUpTo?.hash, seals[1]?.hash);
  });

  test('of 8 that seal at once each event gets one seal, and the chain has no fork', async (t) => {
    const { audit, tenantId, digester } = await makeStore(t);
    const records = Array.from({ length: 60 }, () => newRecord(tenantId));
    for (const record of records) await audit.events.append(tenantId, [record]);
    const one = async () => {
      for (let i = 0; i < 12; i += 1) {
        await audit.seals.sealNext(tenantId, 7, (makings) => ({
          ...{ number: (makings.last?.number ?? 0) + 1, seqs: makings.records.map(({ seq }) => seq) },
          ...{ content: 'c', previous: makings.last?.hash ?? '', hash: randomUUID(), sealedAt: AT },
        }));
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
    await sealTenant({ seals: audit.seals, digester, clock: { now: () => AT } }, tenantId);
    const seals = await audit.seals.seals(tenantId, { after: 0, limit: 100 });
    const sealed = seals.flatMap(({ seqs }) => seqs);
    assert.equal(new Set(sealed).size, 60);
    assert.equal(sealed.length, 60);
    for (const [index, { number, previous }] of seals.entries()) {
      assert.equal(number, index + 1);
      assert.equal(previous, seals[index - 1]?.hash ?? '');
    }
  });

  test('the walk tells what waits and what does not, page by page, of one tenant', async (t) => {
    const { audit, tenantId, otherTenantId, digester } = await makeStore(t);
    await audit.events.append(tenantId, [newRecord(tenantId), newRecord(tenantId)]);
    await sealTenant({ seals: audit.seals, digester, clock: { now: () => AT } }, tenantId);
    await audit.events.append(tenantId, [newRecord(tenantId)]);
    const [first] = await audit.seals.walk(tenantId, { after: 0, limit: 1 });
    const rest = await audit.seals.walk(tenantId, { after: first?.seq ?? 0, limit: 10 });
    assert.deepEqual(
      [first, ...rest].map((event) => event?.pending),
      [false, false, true],
    );
    assert.deepEqual(await audit.seals.walk(otherTenantId, { after: 0, limit: 10 }), []);
    assert.deepEqual(await audit.seals.lostPending(tenantId), []);
    const seqs = [first, ...rest].map((event) => event?.seq ?? 0);
    assert.deepEqual(
      (await audit.seals.records(tenantId, seqs.slice(1))).map(({ seq }) => seq),
      seqs.slice(1),
    );
    assert.deepEqual(await audit.seals.records(otherTenantId, seqs), []);
    assert.deepEqual(await audit.seals.seals(otherTenantId, { after: 0, limit: 10 }), []);
  });
}

/** What every audit log must do. */
export function describeAuditStoreContract(name: string, makeStore: MakeStore): void {
  describe(`AuditStore on ${name}`, () => {
    describeEvents(makeStore);
    describeSeals(makeStore);
  });
}
