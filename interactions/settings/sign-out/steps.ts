import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { Endings } from '#src/settings/endings.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Frames } from '../../frame.ts';
import { noFields } from '../../http/form.ts';
import { signedOutPage } from '../../session/signed-out.view.ts';
import { type InteractionContext, sendPage } from '../../sign-in/turn.ts';
import type { Visits } from '../visits.ts';
import { leave } from './leave.ts';

export interface SignOutParts {
  frames: Frames;
  endings: Endings;
}

/** Signing out here: this session ends, with all that applications got in it. */
export function createSignOut(visits: Visits, { frames, endings }: SignOutParts) {
  return {
    submit: visits.form(
      noFields,
      async (ctx, visit) => {
        await endings.here(visit.turn);
        leave(ctx, visit);
      },
      { page: () => ACCOUNT_PATH },
    ),
    async show(ctx: InteractionContext): Promise<void> {
      const frame = frames({ req: ctx.req, context: ctx.state, back: ctx.path });
      sendPage(ctx, signedOutPage(frame, { restartHref: restartAddress(ctx.state.tenant) }));
    },
  };
}
