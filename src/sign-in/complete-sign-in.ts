import type { LockoutEvents } from '#src/events.ts';
import type { BrowserMarks } from '#src/lockout/browser-mark.ts';
import { type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { NoticeDetail, NoticeKind } from '#src/message/notices.ts';
import type { FlowAt, SignInFlow } from './flow-state.ts';
import type { Turn } from './turn.ts';
import type { Turns } from './turns.ts';

interface Parts {
  turns: Pick<Turns, 'turn'>;
  lanes: Pick<LaneStore, 'signedIn'>;
  marks: BrowserMarks;
  tell(at: Turn, accountId: string, what: NoticeKind, detail?: NoticeDetail): void;
  lockout: Pick<LockoutEvents, 'browserKnown'>;
  clock: { now(): number };
}

/** Wrong tries before a sign-in that its person is told of: far more than anybody's slips of the finger. */
const MANY_FAILURES = 10;

/** `mark`: what the browser is to keep, so that it is known from now on; `browser` is its digest, the name of its lane. */
export type Completion =
  | { kind: 'complete'; mark: string; browser: string }
  | { kind: 'blocked'; flow: SignInFlow };

/**
 * The last thing before a sign-in is handed over. Its lane begins to count anew and its browser gets a lane of its own;
 * a lane that was closed meanwhile, by tries of others in it, lets nobody through (ground rule 5), nor does a password
 * that is no more. The person is told
 * of a browser that is new beside others, and of wrong tries that went before.
 */
export function createCompleteSignIn({ turns, lanes, marks, tell, lockout, clock }: Parts) {
  return async (at: Turn, flow: FlowAt<'signed-in'>): Promise<Completion> => {
    const { accountId, begun } = flow;
    const { tenantId } = at;
    const own =
      at.browser === undefined ? marks.make(tenantId) : { value: at.browserMark ?? '', browser: at.browser };
    const lane = begun?.lane ?? STRANGERS;
    const { browser } = own;
    const of = { lane, browser, agent: at.userAgent, at: clock.now(), passwordSince: begun?.since };
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
    if (newBrowser) {
      lockout.browserKnown(at, { account: accountId, browsers: knownBrowsers + 1 });
      if (knownBrowsers > 0) tell(at, accountId, 'new-browser', { userAgent: at.userAgent });
    }
    return { kind: 'complete', mark: own.value, browser };
  };
}

export type CompleteSignIn = ReturnType<typeof createCompleteSignIn>;
