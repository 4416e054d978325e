import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { sealTenant } from '#src/audit/sealer.ts';
import { openAuditStores } from '#src/compose/audit.ts';
import { newRecord } from '../../contracts/audit-store.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { digester } from './store-contracts.ts';

const AT = Date.UTC(2026, 0, 15, 9);
const DAY = 24 * 60 * 60_000;

describe('forgetting what was recorded', () => {
  test('is the owner’s: the server’s role is told so, and nothing goes', async (t) => {
    const { application, owner } = await createTestDatabase(t);
    const { id } = await createTenantStore(application).ensure('default', 'https://login.example');
    const { events, seals, retention } = openAuditStores(application);
    await events.append(id, [newRecord(id), newRecord(id)]);
    await sealTenant({ seals, digester, clock: { now: () => AT } }, id);
    const limits = { events: AT + DAY, origins: AT + DAY, messages: AT + DAY };
    assert.deepEqual(await retention.survey(id, limits), { events: 2, origins: 2, messages: 0, seals: 1 });
    const refused = { message: /may not forget what was recorded; set DATABASE_MIGRATION_URL/ };
    const page = { after: 0, upTo: 1, limit: 10 };
    await assert.rejects(retention.forgetEvents(id, page), refused);
    await assert.rejects(retention.forgetOrigins(id, AT + DAY, 10), refused);
    await assert.rejects(retention.forgetMessages(id, AT + DAY, 10), refused);
    assert.equal(await events.count(id, {}), 2);
    const asOwner = openAuditStores(owner).retention;
    assert.deepEqual(await asOwner.forgetEvents(id, page), { last: 1, events: 2 });
    assert.equal(await asOwner.forgetEvents(id, { ...page, after: 1 }), undefined);
    assert.equal(await asOwner.forgetOrigins(id, AT + DAY, 1), 1);
    assert.equal(await asOwner.forgetOrigins(id, AT + DAY, 5), 1);
  });

  test('takes what is old of one organisation, and no message that still waits', async (t) => {
    const { owner } = await createTestDatabase(t);
    const tenants = createTenantStore(owner);
    const { id } = await tenants.ensure('one', 'https://one.example');
    const { id: other } = await tenants.ensure('other', 'https://other.example');
    const { events, seals, retention } = openAuditStores(owner);
    for (const tenantId of [id, other]) {
      for (const at of [AT - DAY, AT]) {
        await events.append(tenantId, [newRecord(tenantId, { at })]);
        await sealTenant({ seals, digester, clock: { now: () => at } }, tenantId);
        for (const state of ['done', 'dead', 'waiting']) {
          await sql`insert into message (id, tenant_id, kind, state, next_at, expires_at, created_at)
            values (${randomUUID()}, ${tenantId}, 'x', ${state}, ${new Date(at)}, ${new Date(at)}, ${new Date(at)})`.execute(
            owner.db,
          );
        }
      }
    }
    const limits = { events: AT, origins: AT, messages: AT };
    assert.deepEqual(await retention.survey(id, limits), { events: 1, origins: 1, messages: 2, seals: 1 });
    assert.equal(await retention.forgetMessages(id, AT, 10), 2);
    assert.equal(await retention.forgetOrigins(id, AT, 10), 1);
    assert.deepEqual(await retention.forgetEvents(id, { after: 0, upTo: 1, limit: 10 }), {
      last: 1,
      events: 1,
    });
    assert.deepEqual(await retention.survey(id, limits), { events: 0, origins: 0, messages: 0, seals: 1 });
    assert.deepEqual(await retention.survey(other, limits), { events: 1, origins: 1, messages: 2, seals: 1 });
  });
});
