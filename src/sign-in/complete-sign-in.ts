import type { LockoutEvents } from '#src/events.ts';
import type { BrowserMarks } from '#src/lockout/browser-mark.ts';
import { type Lane, type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { NoticeDetail, NoticeKind } from '#src/message/notices.ts';
import type { FlowAt, SignInFlow } from './flow-state.ts';
import type { Turn } from './turn.ts';
import type { Turns } from './turns.ts';

interface Parts {
  turns: Pick<Turns, 'turn'>;
  lanes: Pick<LaneStore, 'signedIn' | 'forget'>;
  marks: BrowserMarks;
  tell(at: Turn, accountId: string, what: NoticeKind, detail?: NoticeDetail): void;
  lockout: Pick<LockoutEvents, 'browserKnown' | 'browserForgotten'>;
  clock: { now(): number };
}

/** Wrong tries before a sign-in that its person is told of: far more than anybody's slips of the finger. */
const MANY_FAILURES = 10;

/**
 * `known`: `mark` is what the browser is to keep, so that it is known from now on; `browser` is its digest, the name of
 * its lane. Undefined on a computer that others use too: there nothing stays behind.
 */
export type Completion =
  | { kind: 'complete'; known: { mark: string; browser: string } | undefined }
  | { kind: 'blocked'; flow: SignInFlow };

/**
 * The last thing before a sign-in is handed over. Its lane begins to count anew and its browser gets a lane of its own,
 * unless others use that computer too: then the one that it had is forgotten. A lane that was closed meanwhile, by tries
 * of others in it, lets nobody through (ground rule 5), nor does a password that is no more. The person is told of a
 * browser that is new beside others, and of wrong tries that went before.
 */
export function createCompleteSignIn({ turns, lanes, marks, tell, lockout, clock }: Parts) {
  /** What the browser is known by from now on. */
  const markFor = ({ tenantId, browser, browserMark }: Turn) => {
    if (browser !== undefined) return { mark: browserMark ?? '', browser };
    const made = marks.make(tenantId);
    return { mark: made.value, browser: made.browser };
  };

  const forget = async (at: Turn, accountId: string, lane: Lane): Promise<void> => {
    const browsers = await lanes.forget(at.tenantId, accountId, { lane });
    if (browsers > 0) lockout.browserForgotten(at, { account: accountId, browsers });
  };

  return async (at: Turn, flow: FlowAt<'signed-in'>): Promise<Completion> => {
    const { accountId, begun } = flow;
    const { tenantId, userAgent: agent } = at;
    const known = begun?.shared ? undefined : markFor(at);
    const lane = begun?.lane ?? STRANGERS;
    const of = { lane, browser: known?.browser, agent, at: clock.now(), passwordSince: begun?.since };
    const settled = await lanes.signedIn(tenantId, accountId, of);
    if (settled.kind === 'blocked') {
      return {
        kind: 'blocked',
        flow: await turns.turn(at, async () => ({ kind: 'account-disabled', accountId, why: 'tries' })),
      };
    }
    const { before, newBrowser, knownBrowsers } = settled;
    const failures = before.failures + before.codeFailures;
    if (failures >= MANY_FAILURES) tell(at, accountId, 'signed-in-after-failures', { count: failures });
    // One that is not to be remembered is new to the store each time; the lane of its own tells that it is not.
    const isNew = newBrowser && (known !== undefined || lane === STRANGERS);
    if (isNew && known) lockout.browserKnown(at, { account: accountId, browsers: knownBrowsers + 1 });
    if (isNew && knownBrowsers > 0) tell(at, accountId, 'new-browser', { userAgent: agent });
    if (known === undefined && at.browser !== undefined) await forget(at, accountId, at.browser);
    return { kind: 'complete', known };
  };
}

export type CompleteSignIn = ReturnType<typeof createCompleteSignIn>;
