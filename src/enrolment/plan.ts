import { z } from 'zod';
import type { EnrolmentRecord } from './ports.ts';

/*
 * What a person still has to do after the password (R7–R16), as data: which pages of methods, whether a backup code,
 * what the first sign-in asks, which address is to be proved. Pure; the sign-in flow walks along it.
 */

/** How a tenant's policy reads once it is resolved against the registry of methods. */
export interface EnrolmentPolicy {
  /** Pages of methods in the order they are offered, each with the kinds of methods on it. */
  pages: readonly { page: string; kinds: readonly string[] }[];
  /** Kinds that nobody may skip. */
  required: readonly string[];
  backupCode: boolean;
  asks: 'question-and-email' | 'email' | undefined;
}

/** What is known of a person when the password was right. */
export interface PersonFacts {
  /** Kinds of the methods that they have. */
  owned: readonly string[];
  record: EnrolmentRecord;
  /** Their address, and whether it was proved. */
  email: string | undefined;
  emailVerified: boolean;
}

/** What the application insists on beyond the usual. */
export interface Demand {
  /** Kinds that would meet it and that this tenant allows. */
  kinds: readonly string[];
}

export const planSchema = z.strictObject({
  /** Names of the steps that are counted as "step n of m", in order; empty outside a first sign-in. */
  course: z.array(z.string()),
  /** Pages of methods to walk through. */
  pages: z.array(z.string()),
  /** Pages on which something is set up. */
  done: z.array(z.string()),
  skipped: z.array(z.string()),
  /** Pages that can't be skipped. */
  required: z.array(z.string()),
  /** `set-up`: the application demands a stronger method; `impossible`: and this tenant allows none. */
  demand: z.enum(['none', 'set-up', 'impossible']),
  /** Whether a backup code is to be given out; `renewed` when it follows the use of the last one (R14). */
  backupCode: z.enum(['no', 'first', 'renewed']),
  /** Id of the backup code that a new one takes the place of. */
  previousBackupCode: z.string().optional(),
  /** What the page of the very first sign-in asks (R15). */
  asks: z.enum(['question-and-email', 'email']).optional(),
  /** The address that is known already. */
  email: z.string().optional(),
  /** The address to prove. */
  confirmEmail: z.string().optional(),
  /** Whether reaching the end completes a first sign-in. */
  completes: z.boolean(),
  /** Whether the person had a method before this sign-in. */
  returns: z.boolean(),
});

export type Plan = z.infer<typeof planSchema>;

/** data-step of a page of methods. */
export function enrolStep(page: string): string {
  return `enrol-${page}`;
}

/** Whether what a person has does for a page: one of its methods, whichever, or one that is required of it. */
export function isPageDone(
  { kinds }: EnrolmentPolicy['pages'][number],
  owned: readonly string[],
  required: readonly string[],
): boolean {
  const wanted = kinds.filter((kind) => required.includes(kind));
  return (wanted.length > 0 ? wanted : kinds).some((kind) => owned.includes(kind));
}

function courseOf(policy: EnrolmentPolicy): string[] {
  return [
    ...policy.pages.map(({ page }) => enrolStep(page)),
    ...(policy.backupCode ? ['backup-code'] : []),
    ...(policy.asks === undefined ? [] : ['security-question']),
  ];
}

/** A first code belongs to the first sign-in; one that was used, or made void, is renewed until a new one is kept. */
function backupCodeFor({ finishedAt, backupCode, backupCodeWorks }: EnrolmentRecord): Plan['backupCode'] {
  if (backupCode !== undefined) return backupCodeWorks ? 'no' : 'renewed';
  return finishedAt === undefined ? 'first' : 'no';
}

/**
 * The plan of one sign-in. A first sign-in that was broken off goes on at its first unfinished step; one that was
 * completed is not begun anew because the policy changed since, except for methods that may not be missing: a
 * required one, one that the application demands, or any at all when the person has only methods that this tenant
 * does not allow any more.
 */
export function planOf(policy: EnrolmentPolicy, facts: PersonFacts, demand?: Demand): Plan {
  const { owned, record, email, emailVerified } = facts;
  const completed = record.finishedAt !== undefined;
  const insisted = [...policy.required, ...(demand?.kinds ?? [])];
  const required = policy.pages.filter(({ kinds }) => kinds.some((kind) => insisted.includes(kind)));
  const done = policy.pages.filter((entry) => isPageDone(entry, owned, insisted));
  const missing = required.filter((entry) => !done.includes(entry));
  const lacksAny = !policy.pages.some(({ kinds }) => kinds.some((kind) => owned.includes(kind)));
  const pages = completed && !lacksAny ? missing : policy.pages;
  // Who has only what is forbidden by now chooses anew, also among what they once skipped.
  const forgets = completed || (lacksAny && owned.length > 0);
  const names = (entries: typeof policy.pages) => entries.map(({ page }) => page);
  return {
    course: completed ? [] : courseOf(policy),
    pages: names(pages),
    done: names(done),
    skipped: forgets ? [] : record.skipped.filter((page) => !names(required).includes(page)),
    required: names(required),
    demand: demand === undefined ? 'none' : demand.kinds.length === 0 ? 'impossible' : 'set-up',
    backupCode: policy.backupCode ? backupCodeFor(record) : 'no',
    previousBackupCode: record.backupCode,
    asks: completed || record.askedQuestion ? undefined : policy.asks,
    email,
    confirmEmail: policy.asks === undefined || emailVerified ? undefined : email,
    completes: !completed,
    returns: owned.length > 0,
  };
}

/** The next page to show, from behind `after` on; undefined when the pages are through. */
export function nextPage(plan: Plan, after?: string): string | undefined {
  const from = after === undefined ? 0 : plan.pages.indexOf(after) + 1;
  return plan.pages.slice(from).find((page) => !plan.done.includes(page) && !plan.skipped.includes(page));
}

/** The page before, to go back to; undefined on the first one. */
export function previousPage(plan: Plan, page: string): string | undefined {
  return plan.pages[plan.pages.indexOf(page) - 1];
}

/** Step n of m, counted from 1; undefined outside a first sign-in. */
export function progressOf(plan: Plan, step: string): { n: number; m: number } | undefined {
  const index = plan.course.indexOf(step);
  return index < 0 ? undefined : { n: index + 1, m: plan.course.length };
}
