import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Frames } from '../../frame.ts';
import { noFields } from '../../http/form.ts';
import { signedOutPage } from '../../session/signed-out.view.ts';
import { type InteractionContext, sendPage } from '../../sign-in/turn.ts';
import type { Visits } from '../visits.ts';
import { leave } from './leave.ts';

export interface SignOutParts {
  frames: Frames;
  sessions: Pick<Sessions, 'end'>;
  settingsEvents: Pick<SettingsEvents, 'sessionsEnded'>;
}

/** Signing out here: this session ends, with all that applications got in it. */
export function createSignOut(visits: Visits, { frames, sessions, settingsEvents }: SignOutParts) {
  return {
    submit: visits.form(
      noFields,
      async (ctx, visit) => {
        const { turn } = visit;
        const { tenant, account, session } = turn;
        await sessions.end(tenant, account.id, session.uid);
        const grants = session.applications.filter(({ grantId }) => grantId !== undefined).length;
        settingsEvents.sessionsEnded(turn, { account: account.id, which: 'this', sessions: 1, grants });
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
