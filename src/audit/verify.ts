import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { AuditSeal, AuditSealStore, SealedRecord } from './ports.ts';
import { contentOf, FIRST_PREVIOUS, hashOf, retentionProof } from './seal.ts';
import { upToIn } from './seal-ranges.ts';
import { walkEvents } from './walk-events.ts';

/**
 * What is wrong with the log. `event-changed`: some event of a seal is not what was sealed. `event-missing`: a seal or
 * the list of pending ones names it, and it is not there. `event-unsealed`: it is there, and neither sealed nor
 * pending. `event-twice`: two seals name it. `seal-changed`: a seal, or the one before it, is not what was written.
 * `seal-missing`: a number is left out.
 */
export interface AuditFault {
  kind:
    | 'event-changed'
    | 'event-missing'
    | 'event-unsealed'
    | 'event-twice'
    | 'seal-changed'
    | 'seal-missing';
  /** Number of the seal; undefined where no seal is concerned. */
  seal: number | undefined;
  /** Number of the event; the first of several. */
  seq: number | undefined;
}

/** What was found in one tenant's log. */
export interface Verification {
  events: number;
  seals: number;
  /** Events that wait for their seal; those are not checked. */
  pending: number;
  /** The last seal: what was cut off behind it, nobody can tell from here, but a note of an older hash can. */
  sealedUpTo: Pick<AuditSeal, 'number' | 'hash' | 'sealedAt'> | undefined;
  /** Up to this seal events were forgotten, as the log itself says; 0 when none were. */
  forgottenUpTo: number;
  /** The first of them. */
  faults: AuditFault[];
  faultCount: number;
}

export type VerifyAudit = (tenantId: TenantId) => Promise<Verification>;

export interface VerifyParts {
  seals: Pick<AuditSealStore, 'seals' | 'records' | 'walk' | 'lostPending'>;
  digester: Digester;
}

const PAGE = 50;
/** Faults that are listed; of what is broken all over, the count says enough. */
const MOST_FAULTS = 100;

function createFaults() {
  const faults: AuditFault[] = [];
  let count = 0;
  return {
    faults,
    count: () => count,
    add(kind: AuditFault['kind'], seal?: number, seq?: number): void {
      count += 1;
      if (faults.length < MOST_FAULTS) faults.push({ kind, seal, seq });
    },
  };
}

type Faults = ReturnType<typeof createFaults>;
type Last = Pick<AuditSeal, 'number' | 'hash'>;

/** Whether a seal is the next in the chain and what was written. */
function checkLink(
  tenantId: TenantId,
  { seal, last, digester, faults }: { seal: AuditSeal; last: Last; digester: Digester; faults: Faults },
): void {
  const { hash, ...sealed } = seal;
  // Behind a gap nothing says what the hash before was.
  const follows = seal.number === last.number + 1;
  if (!follows) faults.add('seal-missing', last.number + 1);
  const linked = !follows || seal.previous === last.hash;
  if (!linked || hashOf(tenantId, sealed, digester) !== hash) faults.add('seal-changed', seal.number);
}

/** A seal with events that are not there. */
interface Gap {
  seal: number;
  missing: number[];
}

/** Up to which seal this event says that events were forgotten; 0 for every other one, and for one that we did not write. */
function forgottenBy(tenantId: TenantId, { event, detail }: SealedRecord, digester: Digester): number {
  const upTo = event === 'audit.retained' ? upToIn(detail?.seals) : 0;
  const isOurs = upTo > 0 && detail?.proof === retentionProof(tenantId, String(detail?.seals), digester);
  return isOurs ? upTo : 0;
}

/** The chain, seal by seal. Says which seals lack events, and up to where the log itself says that it forgot. */
async function checkChain(
  { seals, digester }: VerifyParts,
  tenantId: TenantId,
  { faults, mark }: { faults: Faults; mark: (seq: number) => 'once' | 'again' | 'unknown' },
) {
  const gaps: Gap[] = [];
  let forgottenUpTo = 0;
  let last: AuditSeal | undefined;
  let count = 0;
  const check = async (seal: AuditSeal) => {
    checkLink(tenantId, {
      ...{ seal, digester, faults },
      last: last ?? { number: 0, hash: FIRST_PREVIOUS },
    });
    for (const seq of seal.seqs) if (mark(seq) === 'again') faults.add('event-twice', seal.number, seq);
    const records = await seals.records(tenantId, seal.seqs);
    if (records.length < seal.seqs.length) {
      const there = new Set(records.map(({ seq }) => seq));
      gaps.push({ seal: seal.number, missing: seal.seqs.filter((seq) => !there.has(seq)) });
    } else if (contentOf(tenantId, records, digester) !== seal.content) {
      faults.add('event-changed', seal.number, seal.seqs[0]);
    } else {
      for (const record of records)
        forgottenUpTo = Math.max(forgottenUpTo, forgottenBy(tenantId, record, digester));
    }
    last = seal;
    count += 1;
  };
  for (;;) {
    const page = await seals.seals(tenantId, { after: last?.number ?? 0, limit: PAGE });
    for (const seal of page) await check(seal);
    if (page.length < PAGE) return { gaps, forgottenUpTo, last, count };
  }
}

/** Checks a tenant's whole log against its seals. Reads; may run beside a serving process. */
export function createVerifyAudit(parts: VerifyParts): VerifyAudit {
  const { seals } = parts;
  return async (tenantId) => {
    const faults = createFaults();
    // Before the seals: what waited for none then has one now.
    const walked = await walkEvents(seals, tenantId);
    const { gaps, forgottenUpTo, last, count } = await checkChain(parts, tenantId, {
      faults,
      mark: walked.mark,
    });
    for (const { seal, missing } of gaps) {
      if (seal > forgottenUpTo) for (const seq of missing) faults.add('event-missing', seal, seq);
    }
    for (const seq of await seals.lostPending(tenantId)) faults.add('event-missing', undefined, seq);
    for (const seq of walked.unmarked()) faults.add('event-unsealed', undefined, seq);
    return {
      events: walked.events,
      pending: walked.pending,
      seals: count,
      sealedUpTo: last && { number: last.number, hash: last.hash, sealedAt: last.sealedAt },
      forgottenUpTo,
      faults: faults.faults,
      faultCount: faults.count(),
    };
  };
}
