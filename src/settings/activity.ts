import type { Account } from '#src/account/account.ts';
import type { AuditReading, AuditRecord } from '#src/audit/ports.ts';
import { SIGNED_IN, TOLD, TRIES } from './activity-events.ts';
import { type ActivityLine, firstPage, linesOf, triesOf, withTries } from './activity-lines.ts';
import type { PastSignIn } from './overview.ts';
import type { SettingsTurn } from './turn.ts';

/** Events that one page is made of: a sign-in is five or six. */
const WINDOW = 300;
/** Events that are looked at for one page, where most of them tell nothing. */
const WINDOWS = 4;
const LINES = 25;
/** Hours with tries on one page. */
const HOURS = 1_000;
const SIGN_INS = 3;

export interface ActivityPage {
  /** The newest first. */
  lines: ActivityLine[];
  /** Event before which the next page begins; undefined on the last one. */
  older: number | undefined;
}

/** Whose activity: only ever the person's own. */
type Whose = Pick<SettingsTurn, 'tenantId'> & { account: Pick<Account, 'id'> };

/**
 * Reads what happened to a person from the audit log, for themselves alone: whatever number a page is asked from, it
 * holds nothing of anybody else. Throws AppError `store-unavailable`.
 */
export function createActivity({ audit }: { audit: Pick<AuditReading, 'bySubject' | 'tally'> }) {
  /** Events until there is something to tell. */
  const readLines = async ({ tenantId, account }: Whose, before: number | undefined) => {
    const records: AuditRecord[] = [];
    for (let windows = 0; windows < WINDOWS; windows += 1) {
      const from = records.at(-1)?.seq ?? before;
      const next = await audit.bySubject(tenantId, account.id, WINDOW, { before: from, of: TOLD });
      records.push(...next);
      const lines = linesOf(records);
      const more = next.length === WINDOW;
      if (lines.length > 0 || !more) return { lines, more, last: records.at(-1)?.seq };
    }
    return { lines: [], more: true, last: records.at(-1)?.seq };
  };

  return {
    /** From behind event `before`, or the newest. */
    async page(whose: Whose, before?: number): Promise<ActivityPage> {
      const { lines, more, last } = await readLines(whose, before);
      const page = firstPage(lines, { most: LINES, more });
      const older = lines.length === 0 && more ? last : page.older;
      const between = { after: older === undefined ? 0 : older - 1, before, limit: HOURS };
      const tries = await audit.tally(whose.tenantId, whose.account.id, TRIES, between);
      return { lines: withTries(page.lines, triesOf(tries)), older };
    },

    /** The last whole sign-ins, the newest first. */
    async lastSignIns({ tenantId, account }: Whose): Promise<PastSignIn[]> {
      const records = await audit.bySubject(tenantId, account.id, SIGN_INS, { of: [SIGNED_IN] });
      return records.map(({ at, userAgent }) => ({ at, userAgent }));
    },
  };
}

export type Activity = ReturnType<typeof createActivity>;
