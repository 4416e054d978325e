import type { AuditRecord, AuditTally } from '#src/audit/ports.ts';
import { localDay } from '#src/local-day.ts';
import { type ActivityKind, isPartOfSignIn, SIGNED_IN, tellingOf } from './activity-events.ts';

/** What an operator did, and why, in their own words. */
export interface OperatorAct {
  name: string;
  reason: string | undefined;
}

/** One thing that happened, as a person is told it. Times in milliseconds since the epoch. */
export interface ActivityLine {
  kind: ActivityKind;
  at: number;
  /** When it first did, where it is told as one for several days. */
  since: number | undefined;
  /** How often; tries and visits of one day are one line. */
  count: number;
  /** It was no success: somebody was kept out, or could not go on. */
  refused: boolean;
  /** Second steps that were wrong before one was right. */
  wrongBefore: number;
  /** The browser was one that had never signed in before. */
  newBrowser: boolean;
  operator: OperatorAct | undefined;
  /** Client id of an application. */
  client: string | undefined;
  /** Kind of the second-step method. */
  method: string | undefined;
  /** While they are still kept. */
  userAgent: string | undefined;
  address: string | undefined;
  /** Where in the audit log it begins and ends. */
  oldest: number;
  newest: number;
}

const REFUSED: ReadonlySet<ActivityKind> = new Set([
  ...(['second-step-missing', 'second-step-wrong', 'demand-unmet', 'blocked', 'access-denied'] as const),
  ...(['wrong-password', 'too-often', 'sign-in-closed'] as const),
  ...(['question-wrong', 'recovery-link-refused'] as const),
]);

/** What somebody else can do again and again, and what is done all day: one line a day. */
const ONCE_A_DAY: ReadonlySet<ActivityKind> = new Set([
  ...(['second-step-missing', 'second-step-wrong', 'sign-in-unfinished', 'application-opened'] as const),
  ...(['recovery-asked', 'recovery-link-refused', 'question-wrong'] as const),
]);

function operatorIn({ actor, reason }: AuditRecord): OperatorAct | undefined {
  return actor.kind === 'operator' ? { name: actor.id, reason } : undefined;
}

function lineOf(
  kind: ActivityKind,
  record: AuditRecord,
  of: readonly AuditRecord[] = [record],
): ActivityLine {
  const { at, client, factor: method, userAgent, address } = record;
  const seqs = of.map(({ seq }) => seq);
  return {
    ...{ kind, at, client, method, userAgent, address, operator: operatorIn(record) },
    ...{ since: undefined, count: 1, refused: REFUSED.has(kind), wrongBefore: 0, newBrowser: false },
    oldest: Math.min(...seqs),
    newest: Math.max(...seqs),
  };
}

/** A whole sign-in, from all that belongs to it, the newest first; undefined where too little of it is there. */
function signInLine(records: readonly AuditRecord[]): ActivityLine | undefined {
  const find = (of: string) => records.find(({ event, outcome }) => `${event} ${outcome}` === of);
  const wrong = records.filter(
    ({ event, outcome }) => `${event} ${outcome}` === 'sign-in.second-step failure',
  );
  const done = find(SIGNED_IN);
  const proved = find('sign-in.second-step success');
  const granted = find('authorization.granted success');
  if (done !== undefined) {
    return {
      ...lineOf('signed-in', done, records),
      method: proved?.factor,
      client: granted?.client,
      wrongBefore: wrong.length,
      newBrowser: find('browser.known success') !== undefined,
    };
  }
  const unmet = find('sign-in.demand-unmet failure');
  if (unmet !== undefined) return lineOf('demand-unmet', unmet, records);
  if (proved !== undefined) return lineOf('sign-in-unfinished', proved, records);
  const [lastWrong] = wrong;
  if (lastWrong !== undefined) {
    return { ...lineOf('second-step-wrong', lastWrong, records), count: wrong.length };
  }
  const password = find('sign-in.password success');
  if (password !== undefined) return lineOf('second-step-missing', password, records);
  return granted && lineOf('application-opened', granted, records);
}

/** The same thing from the same place on the same day. */
function dayKey({ kind, at, client, userAgent, address }: ActivityLine): string {
  return JSON.stringify([kind, localDay(at), client, userAgent, address]);
}

function onceADay(lines: readonly ActivityLine[]): ActivityLine[] {
  const days = new Map<string, ActivityLine>();
  const told: ActivityLine[] = [];
  for (const line of lines) {
    const key = dayKey(line);
    const before = ONCE_A_DAY.has(line.kind) ? days.get(key) : undefined;
    if (before === undefined) {
      const own = { ...line };
      days.set(key, own);
      told.push(own);
    } else {
      before.count += line.count;
      before.oldest = Math.min(before.oldest, line.oldest);
      before.newest = Math.max(before.newest, line.newest);
    }
  }
  return told;
}

const newestFirst = (one: ActivityLine, other: ActivityLine) => other.newest - one.newest;

/** What events tell, the newest first: one line for a whole sign-in, and for what one day brought over and over. */
export function linesOf(records: readonly AuditRecord[]): ActivityLine[] {
  const signIns = new Map<string, AuditRecord[]>();
  const lines: ActivityLine[] = [];
  for (const record of records) {
    if (isPartOfSignIn(record)) {
      const trace = record.trace ?? '';
      signIns.set(trace, [...(signIns.get(trace) ?? []), record]);
      continue;
    }
    const kind = tellingOf(record);
    if (kind !== undefined) lines.push(lineOf(kind, record));
  }
  const whole = [...signIns.values()].flatMap((parts) => signInLine(parts) ?? []);
  return onceADay([...lines, ...whole].toSorted(newestFirst));
}

/** Why a first page went no further, by the short names that the audit log has. */
function triedKind(reason: string | undefined): ActivityKind {
  if (reason === 'refused') return 'wrong-password';
  return reason === 'wait' ? 'too-often' : 'sign-in-closed';
}

/** Tries at the first page, one line for each day and kind, the newest first. They belong to no place in the log. */
export function triesOf(tallies: readonly AuditTally[]): ActivityLine[] {
  const days = new Map<string, ActivityLine>();
  for (const { reason, count, at } of tallies) {
    const kind = triedKind(reason);
    const key = `${kind} ${localDay(at)}`;
    const before = days.get(key);
    if (before !== undefined) {
      before.count += count;
      before.at = Math.max(before.at, at);
      continue;
    }
    days.set(key, {
      ...{ kind, at, count, refused: true, wrongBefore: 0, newBrowser: false, since: undefined },
      ...{ operator: undefined, client: undefined, method: undefined },
      ...{ userAgent: undefined, address: undefined, oldest: 0, newest: 0 },
    });
  }
  return [...days.values()];
}

/** Lines of tries in a row that are told day by day. */
const DAYS_TOLD = 6;

/** A guesser who came back for months is one line of each kind, not one a day. */
function shortened(run: readonly ActivityLine[]): ActivityLine[] {
  if (run.length <= DAYS_TOLD) return [...run];
  const kinds = new Map<ActivityKind, ActivityLine>();
  for (const line of run) {
    const before = kinds.get(line.kind);
    if (before === undefined) kinds.set(line.kind, { ...line });
    else {
      before.count += line.count;
      before.since = line.at;
    }
  }
  return [...kinds.values()];
}

/** Puts tries between the lines of what else happened, by the time of each. */
export function withTries(lines: readonly ActivityLine[], tries: readonly ActivityLine[]): ActivityLine[] {
  const waiting = tries.toSorted((one, other) => other.at - one.at);
  const takeUntil = (at: number): ActivityLine[] => {
    const end = waiting.findIndex((line) => line.at < at);
    return shortened(waiting.splice(0, end === -1 ? waiting.length : end));
  };
  const told = lines.flatMap((line) => [...takeUntil(line.at), line]);
  return [...told, ...takeUntil(Number.NEGATIVE_INFINITY)];
}

/**
 * The first page of lines, and the number of the event before which the next one begins; undefined when that was all.
 * `more`: there are older events than these lines know. It ends where no line straddles the end, if there is such a
 * place; else one that does is told on both pages, and none on neither.
 */
export function firstPage(
  lines: readonly ActivityLine[],
  { most, more }: { most: number; more: boolean },
): { lines: ActivityLine[]; older: number | undefined } {
  if (!more && lines.length <= most) return { lines: [...lines], older: undefined };
  const longest = Math.max(1, Math.min(most, lines.length - 1));
  for (let length = longest; length > 0; length -= 1) {
    const shown = lines.slice(0, length);
    const oldest = Math.min(...shown.map((line) => line.oldest));
    if (lines.slice(length).every(({ newest }) => newest < oldest)) return { lines: shown, older: oldest };
  }
  return { lines: lines.slice(0, longest), older: (lines[longest]?.newest ?? 0) + 1 };
}
