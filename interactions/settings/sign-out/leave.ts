import { clearSiteData } from '#src/session/clear-site-data.ts';
import { type InteractionContext, seeOther } from '../../sign-in/turn.ts';
import { SIGNED_OUT_PATH } from '../paths.ts';
import type { SettingsVisit } from '../visit.ts';

/** The end of a visit whose session was ended from this browser. */
export function leave(ctx: InteractionContext, { gateway, shared }: SettingsVisit): void {
  gateway.forgetCookie(ctx.req, ctx.res);
  // What this site left in the browser goes as well: others may use it (Clear Site Data §3.1).
  ctx.set('Clear-Site-Data', clearSiteData({ cookies: shared }));
  seeOther(ctx, SIGNED_OUT_PATH);
}
