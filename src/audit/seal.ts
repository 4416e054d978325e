import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { AuditSeal, SealedRecord, SealMakings } from './ports.ts';

/** What the first seal has in the place of a hash before it. */
export const FIRST_PREVIOUS = '';

/** Fields in a fixed order, keys of the detail in the order of their letters: what is the same reads the same. */
function canonical(record: SealedRecord): unknown[] {
  const { actor, detail = {} } = record;
  return [
    ...[record.version, record.seq, record.id, record.tenantId, record.at, record.event, record.outcome],
    ...[record.reason, record.subject, actor.kind, 'id' in actor ? actor.id : undefined, record.client],
    ...[record.session, record.factor, record.acr, record.reference, record.trace],
    ...[record.addressDigest, record.agentDigest],
    Object.entries(detail).sort(([one], [other]) => (one < other ? -1 : 1)),
  ].map((value) => value ?? null);
}

/** Keyed digest over all of some events but where they came from, which is in them as digests (ground: audit log). */
export function contentOf(tenantId: TenantId, records: readonly SealedRecord[], digester: Digester): string {
  return digester.digest('audit-chain', JSON.stringify(['events', tenantId, records.map(canonical)]));
}

/** Keyed digest over everything else of a seal. */
export function hashOf(tenantId: TenantId, seal: Omit<AuditSeal, 'hash'>, digester: Digester): string {
  const { number, seqs, content, previous, sealedAt } = seal;
  const sealed = ['seal', tenantId, number, previous, content, seqs, sealedAt];
  return digester.digest('audit-chain', JSON.stringify(sealed));
}

/**
 * Keyed digest over which seals' events are to be forgotten: with the whole database alone, nobody can pass a removal
 * off as that.
 */
export function retentionProof(tenantId: TenantId, seals: string, digester: Digester): string {
  return digester.digest('audit-chain', JSON.stringify(['retained', tenantId, seals]));
}

/** The next seal of a tenant's chain. */
export function makeSeal(
  { tenantId, last, records }: SealMakings,
  at: number,
  digester: Digester,
): AuditSeal {
  const seal = {
    number: (last?.number ?? 0) + 1,
    seqs: records.map(({ seq }) => seq),
    content: contentOf(tenantId, records, digester),
    previous: last?.hash ?? FIRST_PREVIOUS,
    sealedAt: at,
  };
  return { ...seal, hash: hashOf(tenantId, seal, digester) };
}
