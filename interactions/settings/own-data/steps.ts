import type { OwnData } from '#src/settings/own-data.ts';
import { noFields } from '../../http/form.ts';
import { sendFile } from '../../http/send-file.ts';
import { sendPage } from '../../sign-in/turn.ts';
import { DATA_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { dataPage } from './own-data.view.ts';

export interface DataParts {
  ownData: OwnData;
}

/** What is kept of a person, handed to that person. */
export function createDataSteps(visits: Visits, { ownData }: DataParts) {
  return {
    show: visits.page((ctx, visit) => sendPage(ctx, dataPage(visit)), { fresh: true }),
    /*
     * The one form of ours that answers with a file and not with a 303. It must be a POST: an address that gives all this
     * away could be linked to, fetched ahead and kept in a history. A file behind a redirect would be such an address.
     */
    export: visits.form(
      noFields,
      async (ctx, { turn }) => {
        const text = `${JSON.stringify(await ownData(turn), undefined, 2)}\n`;
        sendFile(ctx, { name: 'account-data.json', type: 'application/json; charset=utf-8', text });
      },
      { fresh: true, page: () => DATA_PATH },
    ),
  };
}
