import { z } from 'zod';
import type { Endings } from '#src/settings/endings.ts';
import type { WhereaboutsReads } from '#src/settings/whereabouts.ts';
import { noFields } from '../../http/form.ts';
import { sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { APPLICATIONS_PATH, SESSIONS_PATH } from '../paths.ts';
import { leave } from '../sign-out/leave.ts';
import type { Visits } from '../visits.ts';
import { applicationsPage } from './applications.view.ts';
import { sessionsPage } from './sessions.view.ts';

export interface SessionPagesParts {
  whereabouts: WhereaboutsReads;
  endings: Endings;
}

const sessionForm = z.strictObject({ session: z.string().max(100) });
const browserForm = z.strictObject({ browser: z.string().max(100) });
const clientForm = z.strictObject({ client: z.string().max(200) });

const atSessions = { page: () => SESSIONS_PATH };
const atApplications = { page: () => APPLICATIONS_PATH };

/** The forms of the page with sessions and browsers. */
function createSessionForms(visits: Visits, { endings }: Pick<SessionPagesParts, 'endings'>) {
  return {
    end: visits.form(
      sessionForm,
      async (ctx, visit, { session }) => {
        const ended = await endings.session(visit.turn, session);
        if (ended === 'here') leave(ctx, visit);
        else goOnDone(ctx, ended === 'elsewhere' ? 'session-ended' : 'already', SESSIONS_PATH);
      },
      atSessions,
    ),
    endOthers: visits.form(
      noFields,
      async (ctx, { turn }) =>
        goOnDone(ctx, (await endings.others(turn)) ? 'sessions-ended' : 'already', SESSIONS_PATH),
      atSessions,
    ),
    endAll: visits.form(
      noFields,
      async (ctx, visit) => {
        await endings.all(visit.turn);
        leave(ctx, visit);
      },
      atSessions,
    ),
    forget: visits.form(
      browserForm,
      async (ctx, { turn }, { browser }) => {
        const forgotten = await endings.browser(turn, browser);
        goOnDone(ctx, forgotten ? 'browser-forgotten' : 'already', SESSIONS_PATH);
      },
      atSessions,
    ),
    forgetOthers: visits.form(
      noFields,
      async (ctx, { turn }) =>
        goOnDone(ctx, (await endings.otherBrowsers(turn)) ? 'browsers-forgotten' : 'already', SESSIONS_PATH),
      atSessions,
    ),
  };
}

/** Where a person is signed in, what is remembered of their browsers, and what applications hold. */
export function createSessionPages(visits: Visits, parts: SessionPagesParts) {
  const { whereabouts, endings } = parts;
  return {
    show: visits.page(async (ctx, visit) =>
      sendPage(ctx, sessionsPage(visit, await whereabouts.sessions(visit.turn))),
    ),
    ...createSessionForms(visits, parts),
    applications: visits.page(async (ctx, visit) =>
      sendPage(ctx, applicationsPage(visit, await whereabouts.access(visit.turn))),
    ),
    withdraw: visits.form(
      clientForm,
      async (ctx, { turn }, { client }) => {
        const withdrawn = await endings.access(turn, client);
        goOnDone(ctx, withdrawn ? 'access-withdrawn' : 'already', APPLICATIONS_PATH);
      },
      atApplications,
    ),
  };
}
