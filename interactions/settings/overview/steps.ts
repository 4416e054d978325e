import { sendPage } from '../../sign-in/turn.ts';
import type { Visits } from '../visits.ts';
import { overviewPage } from './overview.view.ts';

export interface OverviewParts {
  /** What the overview tells of a person. */
  overview: undefined;
}

/** The first page of the settings. */
export function createOverview(visits: Visits, _parts: OverviewParts) {
  return {
    show: visits.page(async (ctx, visit) => sendPage(ctx, overviewPage(visit))),
  };
}
