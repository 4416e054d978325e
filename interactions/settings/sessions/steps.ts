import { z } from 'zod';
import type { LaneStore } from '#src/lockout/ports.ts';
import type { Session, Sessions } from '#src/session/ports.ts';
import { browserNamed, sessionNamed, type WhereaboutsReads } from '#src/settings/whereabouts.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import { noFields } from '../../http/form.ts';
import { sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { leave } from '../sign-out/leave.ts';
import type { Visits } from '../visits.ts';
import { applicationsPage } from './applications.view.ts';
import { APPLICATIONS_PATH, SESSIONS_PATH } from './places.ts';
import { sessionsPage } from './sessions.view.ts';

/** What these pages read and do. */
export interface OwnSessions {
  sessions: Pick<Sessions, 'list' | 'end' | 'endOthers' | 'endAll' | 'withdraw'>;
  lanes: Pick<LaneStore, 'list' | 'forget'>;
  whereabouts: WhereaboutsReads;
  settingsEvents: Pick<SettingsEvents, 'sessionsEnded' | 'browsersForgotten' | 'accessWithdrawn'>;
}

export interface SessionPagesParts {
  ownSessions: OwnSessions;
}

const sessionForm = z.strictObject({ session: z.string().max(100) });
const browserForm = z.strictObject({ browser: z.string().max(100) });
const clientForm = z.strictObject({ client: z.string().max(200) });

const atSessions = { page: () => SESSIONS_PATH };
const atApplications = { page: () => APPLICATIONS_PATH };

const grantsIn = ({ applications }: Session) =>
  applications.filter(({ grantId }) => grantId !== undefined).length;

/** Ends sessions. That is always safe: it asks for no step anew, and a second press finds nothing more to do. */
function createEndings(visits: Visits, { sessions, settingsEvents }: OwnSessions) {
  return {
    end: visits.form(
      sessionForm,
      async (ctx, visit, { session: name }) => {
        const { tenant, account, session } = visit.turn;
        const found = sessionNamed(await sessions.list(tenant.id, account.id), name);
        if (found === undefined || !(await sessions.end(tenant, account.id, found.uid))) {
          return goOnDone(ctx, 'already', SESSIONS_PATH);
        }
        const here = found.uid === session.uid;
        const ended = { sessions: 1, grants: grantsIn(found) };
        settingsEvents.sessionsEnded(visit.turn, {
          ...{ account: account.id, which: here ? 'this' : 'one', ...ended },
        });
        if (here) leave(ctx, visit);
        else goOnDone(ctx, 'session-ended', SESSIONS_PATH);
      },
      atSessions,
    ),
    endOthers: visits.form(
      noFields,
      async (ctx, { turn }) => {
        const { tenant, account, session } = turn;
        const ended = await sessions.endOthers(tenant, account.id, session.uid);
        if (ended.sessions + ended.grants === 0) return goOnDone(ctx, 'already', SESSIONS_PATH);
        settingsEvents.sessionsEnded(turn, { account: account.id, which: 'others', ...ended });
        goOnDone(ctx, 'sessions-ended', SESSIONS_PATH);
      },
      atSessions,
    ),
    endAll: visits.form(
      noFields,
      async (ctx, visit) => {
        const { tenant, account } = visit.turn;
        const ended = await sessions.endAll(tenant, account.id);
        settingsEvents.sessionsEnded(visit.turn, { account: account.id, which: 'all', ...ended });
        leave(ctx, visit);
      },
      atSessions,
    ),
  };
}

/** Forgets browsers: they count with strangers from now on, and a sign-in in one of them is told as a new one. */
function createForgetting(visits: Visits, { lanes, settingsEvents }: OwnSessions) {
  return {
    forget: visits.form(
      browserForm,
      async (ctx, { turn }, { browser }) => {
        const { tenantId, account } = turn;
        const found = browserNamed(await lanes.list(tenantId, account.id), turn, browser);
        const browsers = found === undefined ? 0 : await lanes.forget(tenantId, account.id, found);
        if (browsers === 0) return goOnDone(ctx, 'already', SESSIONS_PATH);
        settingsEvents.browsersForgotten(turn, { account: account.id, browsers });
        goOnDone(ctx, 'browser-forgotten', SESSIONS_PATH);
      },
      atSessions,
    ),
    forgetOthers: visits.form(
      noFields,
      async (ctx, { turn }) => {
        const { tenantId, account, session } = turn;
        const browsers = await lanes.forget(tenantId, account.id, { allBut: session.facts?.browser });
        if (browsers === 0) return goOnDone(ctx, 'already', SESSIONS_PATH);
        settingsEvents.browsersForgotten(turn, { account: account.id, browsers });
        goOnDone(ctx, 'browsers-forgotten', SESSIONS_PATH);
      },
      atSessions,
    ),
  };
}

/** Where a person is signed in, what is remembered of their browsers, and what applications hold. */
export function createSessionPages(visits: Visits, { ownSessions }: SessionPagesParts) {
  const { whereabouts, sessions, settingsEvents } = ownSessions;
  return {
    show: visits.page(async (ctx, visit) =>
      sendPage(ctx, sessionsPage(visit, await whereabouts.sessions(visit.turn))),
    ),
    ...createEndings(visits, ownSessions),
    ...createForgetting(visits, ownSessions),
    applications: visits.page(async (ctx, visit) =>
      sendPage(ctx, applicationsPage(visit, await whereabouts.access(visit.turn))),
    ),
    withdraw: visits.form(
      clientForm,
      async (ctx, { turn }, { client }) => {
        const { tenant, account } = turn;
        if (!(await sessions.withdraw(tenant, account.id, client))) {
          return goOnDone(ctx, 'already', APPLICATIONS_PATH);
        }
        settingsEvents.accessWithdrawn(turn, { account: account.id, client });
        goOnDone(ctx, 'access-withdrawn', APPLICATIONS_PATH);
      },
      atApplications,
    ),
  };
}
