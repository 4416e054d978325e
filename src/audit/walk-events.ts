import type { TenantId } from '#src/tenant/tenant.ts';
import type { AuditSealStore } from './ports.ts';

const PAGE = 10_000;

/** Where a number stands in a list that grows; -1 when it does not. */
function placeOf(sorted: readonly number[], wanted: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle] ?? 0;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * The numbers of all events of a tenant that must have a seal, to be marked as seals name them. About nine bytes an
 * event.
 */
export async function walkEvents(seals: Pick<AuditSealStore, 'walk'>, tenantId: TenantId) {
  const sealed: number[] = [];
  let pending = 0;
  let after = 0;
  for (;;) {
    const page = await seals.walk(tenantId, { after, limit: PAGE });
    for (const event of page) {
      if (event.pending) pending += 1;
      else sealed.push(event.seq);
    }
    after = page.at(-1)?.seq ?? after;
    if (page.length < PAGE) break;
  }
  const marks = new Uint8Array(sealed.length);
  return {
    events: sealed.length + pending,
    pending,
    /** `unknown`: not there, or pending when the walk came by. */
    mark(seq: number): 'once' | 'again' | 'unknown' {
      const place = placeOf(sealed, seq);
      if (place < 0) return 'unknown';
      const again = marks[place] === 1;
      marks[place] = 1;
      return again ? 'again' : 'once';
    },
    unmarked: (): number[] => sealed.filter((_, place) => marks[place] === 0),
  };
}
