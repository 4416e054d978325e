import type { OverviewReads } from '#src/settings/overview.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import { sendPage } from '../../sign-in/turn.ts';
import type { Visits } from '../visits.ts';
import { overviewPage } from './overview.view.ts';

export interface OverviewParts {
  overview: OverviewReads;
}

/** The first page of the settings. */
export function createOverview(visits: Visits, { overview }: OverviewParts) {
  return {
    show: visits.page(async (ctx, visit) => {
      const { account, tenant } = visit.turn;
      const facts = await overview(visit.turn);
      sendPage(ctx, overviewPage(visit, { account, facts, applicationHref: restartAddress(tenant) }));
    }),
  };
}
