import { z } from 'zod';
import type { Activity } from '#src/settings/activity.ts';
import type { ApplicationNames } from '#src/settings/application-names.ts';
import { sendPage } from '../../sign-in/turn.ts';
import type { Visits } from '../visits.ts';
import { activityPage } from './activity.view.ts';

export interface ActivityParts {
  activity: Pick<Activity, 'page'>;
  applicationNames: ApplicationNames;
}

/** Number of an event; a stranger's is a place in the order like any other, and shows nothing of theirs. */
const eventNumber = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/)
  .transform(Number);

/** What happened to the person who asks. Anything that is no number of an event is the first page. */
export function createActivitySteps(visits: Visits, { activity, applicationNames }: ActivityParts) {
  return {
    show: visits.page(async (ctx, visit) => {
      const read = eventNumber.safeParse(ctx.query.before);
      const before = read.success ? read.data : undefined;
      const page = await activity.page(visit.turn, before);
      const clients = page.lines.flatMap(({ client }) => client ?? []);
      const nameOf = await applicationNames(visit.turn.tenantId, clients);
      sendPage(ctx, activityPage(visit, { ...page, nameOf, further: before !== undefined }));
    }),
  };
}
