import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { createDigester } from '#adapters/crypto/digester.ts';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { retentionProof } from '#src/audit/seal.ts';
import { sealTenant } from '#src/audit/sealer.ts';
import { createVerifyAudit } from '#src/audit/verify.ts';
import { openAuditStores } from '#src/compose/audit.ts';
import { newRecord } from '../../contracts/audit-store.ts';
import { createTestPglite, endOfSuite } from '../../support/postgres.ts';

const AT = Date.UTC(2026, 0, 15, 9);

/** The owner's statements, which no store sends: what somebody with the whole database could do. */
describe('audit verify', () => {
  const ending = endOfSuite();
  const digester = createDigester(Buffer.alloc(32, 7));
  let database: OpenDatabase;
  before(async () => {
    database = await createTestPglite(ending);
  });

  /** Four seals over two events each, and one event that waits. */
  const place = async () => {
    const key = `t-${randomUUID().slice(0, 13)}`;
    const { id: tenantId } = await createTenantStore(database).ensure(key, `https://${key}.example`);
    const { events, seals } = openAuditStores(database);
    const verify = createVerifyAudit({ seals, digester });
    for (let i = 0; i < 4; i += 1) {
      await events.append(tenantId, [newRecord(tenantId), newRecord(tenantId, { detail: { step: i } })]);
      await sealTenant({ seals, digester, clock: { now: () => AT + i } }, tenantId);
    }
    await events.append(tenantId, [newRecord(tenantId)]);
    const seqs = (await events.page(tenantId, { after: 0, limit: 20 })).map(({ seq }) => seq);
    const kinds = async () => {
      const { faults, faultCount } = await verify(tenantId);
      assert.equal(faults.length, faultCount);
      return faults.map(({ kind, seal }) => `${kind} ${seal ?? ''}`.trim());
    };
    const seq = (index: number) => seqs[index] ?? 0;
    return { tenantId, events, seals, verify, kinds, seq };
  };
  const run = (statement: ReturnType<typeof sql>) => statement.execute(database.db);

  test('finds nothing wrong where nothing is, and says what it looked at', async () => {
    const { verify, tenantId, seals } = await place();
    const last = (await seals.seals(tenantId, { after: 0, limit: 10 })).at(-1);
    assert.deepEqual(await verify(tenantId), {
      ...{ events: 9, seals: 4, pending: 1, forgottenUpTo: 0, faults: [], faultCount: 0 },
      sealedUpTo: { number: 4, hash: last?.hash, sealedAt: AT + 3 },
    });
  });

  test('does not believe that events were forgotten because somebody with the whole database says so', async () => {
    const { tenantId, events, seals, kinds, verify, seq } = await place();
    const proofs = [
      undefined,
      '',
      retentionProof(tenantId, '1-1', digester),
      retentionProof('t', '1-3', digester),
    ];
    for (const proof of proofs) {
      const detail = { seals: '1-3', ...(proof !== undefined && { proof }) };
      await events.append(tenantId, [newRecord(tenantId, { event: 'audit.retained', detail })]);
    }
    await sealTenant({ seals, digester, clock: { now: () => AT + 9 } }, tenantId);
    await run(sql`delete from audit_event where seq in (${seq(2)}, ${seq(3)})`);
    assert.deepEqual(await kinds(), ['event-missing 2', 'event-missing 2']);
    assert.equal((await verify(tenantId)).forgottenUpTo, 0);
  });

  const changes: Record<string, ReturnType<typeof sql>> = {
    outcome: sql`outcome = 'success'`,
    moment: sql`at = at + interval '1 millisecond'`,
    name: sql`event = 'sign-in.done'`,
    reason: sql`reason = null`,
    person: sql`subject = gen_random_uuid()`,
    actor: sql`actor_kind = 'system'`,
    'id of the actor': sql`actor = 'somebody'`,
    application: sql`client = 'other'`,
    session: sql`session = null`,
    method: sql`factor = 'sms'`,
    level: sql`acr = 'urn:one'`,
    number: sql`reference = 'AAAA-0000'`,
    trace: sql`trace = null`,
    'digest of the address': sql`address_digest = 'x'`,
    'digest of the browser': sql`agent_digest = null`,
    detail: sql`detail = detail || '{"step": 9}'`,
    version: sql`version = 2`,
    id: sql`id = gen_random_uuid()`,
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`finds a changed ${what}`, async () => {
      const { kinds, seq } = await place();
      await run(sql`update audit_event set ${change} where seq = ${seq(3)}`);
      assert.deepEqual(await kinds(), ['event-changed 2']);
    });
  }

  test('finds an event that was taken away, one of a seal or all of it', async () => {
    const { kinds, seq } = await place();
    await run(sql`delete from audit_event where seq = ${seq(2)}`);
    assert.deepEqual(await kinds(), ['event-missing 2']);
    await run(sql`delete from audit_event where seq = ${seq(3)}`);
    assert.deepEqual(await kinds(), ['event-missing 2', 'event-missing 2']);
  });

  test('finds an event that was taken away before its seal', async () => {
    const { kinds, seq } = await place();
    await run(sql`delete from audit_event where seq = ${seq(8)}`);
    assert.deepEqual(await kinds(), ['event-missing']);
  });

  test('finds two events that changed places', async () => {
    const { kinds, seq } = await place();
    await run(sql`update audit_event set event = 'x', detail = other.detail, id = gen_random_uuid()
      from audit_event other where audit_event.seq = ${seq(2)} and other.seq = ${seq(3)}`);
    assert.deepEqual(await kinds(), ['event-changed 2']);
  });

  test('finds an event that was slipped in', async () => {
    const { kinds, tenantId, events, seq } = await place();
    await events.append(tenantId, [newRecord(tenantId)]);
    const last = sql`(select max(seq) from audit_event where tenant_id = ${tenantId})`;
    await run(sql`delete from audit_pending where seq = ${last}`);
    assert.deepEqual(await kinds(), ['event-unsealed']);
    await run(sql`update audit_seal set seqs = seqs || ${last} where tenant_id = ${tenantId} and number = 4`);
    assert.deepEqual(await kinds(), ['seal-changed 4', 'event-changed 4']);
    assert.ok(seq(0) > 0);
  });

  test('finds a seal that was changed, whichever part of it', async () => {
    for (const change of [
      sql`content = 'x'`,
      sql`hash = 'x'`,
      sql`previous = 'x'`,
      sql`sealed_at = sealed_at + interval '1 second'`,
      sql`seqs = array[seqs[2], seqs[1]]`,
    ]) {
      const { kinds, tenantId } = await place();
      await run(sql`update audit_seal set ${change} where tenant_id = ${tenantId} and number = 2`);
      const found = await kinds();
      assert.ok(found.includes('seal-changed 2'), found.join());
    }
  });

  test('finds a seal that is missing, at the beginning and in the middle, with its events', async () => {
    for (const number of [1, 3]) {
      const { kinds, tenantId } = await place();
      await run(sql`delete from audit_seal where tenant_id = ${tenantId} and number = ${number}`);
      assert.deepEqual(await kinds(), [`seal-missing ${number}`, 'event-unsealed', 'event-unsealed']);
    }
  });

  test('finds seals that changed places', async () => {
    const { kinds, tenantId } = await place();
    await run(sql`update audit_seal set number = 100 where tenant_id = ${tenantId} and number = 2`);
    await run(sql`update audit_seal set number = 2 where tenant_id = ${tenantId} and number = 3`);
    await run(sql`update audit_seal set number = 3 where tenant_id = ${tenantId} and number = 100`);
    assert.deepEqual(await kinds(), ['seal-changed 2', 'seal-changed 3', 'seal-changed 4']);
  });

  test('finds a second seal over the same events', async () => {
    const { kinds, tenantId } = await place();
    await run(sql`insert into audit_seal select tenant_id, 5, seqs, content, hash, 'forged', sealed_at
      from audit_seal where tenant_id = ${tenantId} and number = 4`);
    assert.deepEqual(await kinds(), ['seal-changed 5', 'event-twice 5', 'event-twice 5']);
  });

  test('finds events that were given to another tenant', async () => {
    const [one, other] = [await place(), await place()];
    await run(sql`update audit_event set tenant_id = ${other.tenantId} where seq = ${one.seq(0)}`);
    assert.deepEqual(await one.kinds(), ['event-missing 1']);
    assert.deepEqual(await other.kinds(), ['event-unsealed']);
  });

  test('tells where the log ends, which is all that a cut at its end leaves', async () => {
    const { verify, tenantId, seq } = await place();
    await run(sql`delete from audit_seal where tenant_id = ${tenantId} and number = 4`);
    await run(sql`delete from audit_event where seq >= ${seq(6)} and tenant_id = ${tenantId}`);
    await run(sql`delete from audit_pending where tenant_id = ${tenantId}`);
    const found = await verify(tenantId);
    assert.equal(found.faultCount, 0);
    assert.deepEqual([found.sealedUpTo?.number, found.sealedUpTo?.sealedAt], [3, AT + 2]);
  });

  test('lists the first hundred of many faults and counts them all', async () => {
    const { verify, tenantId, events, seals } = await place();
    await events.append(
      tenantId,
      Array.from({ length: 150 }, () => newRecord(tenantId)),
    );
    await sealTenant({ seals, digester, clock: { now: () => AT } }, tenantId);
    await run(sql`delete from audit_event where tenant_id = ${tenantId}`);
    const found = await verify(tenantId);
    assert.deepEqual([found.faults.length, found.faultCount], [100, 159]);
  });

  test('under another key nothing fits: seals can not be made by whoever has only the database', async () => {
    const { seals, tenantId } = await place();
    const stranger = createVerifyAudit({ seals, digester: createDigester(Buffer.alloc(32, 8)) });
    const { faultCount } = await stranger(tenantId);
    assert.equal(faultCount, 8);
  });
});
