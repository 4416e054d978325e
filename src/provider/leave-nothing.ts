import type { Provider } from 'oidc-provider';
import { clearSiteData } from '#src/session/clear-site-data.ts';
import { factsIn } from './session-facts.ts';

/**
 * A sign-out on a computer that others use too leaves nothing of this site behind in its browser. Cookies stay where the
 * browser goes on to an application, or to a sign-in that this sign-out made room for: their cookies may be under way.
 */
export function leaveNothing(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx;
    if (oidc?.route !== 'end_session_confirm' || oidc.params?.logout === undefined) return;
    if (factsIn(oidc.session?.authorizations)?.shared !== true) return;
    const cookies = ctx.response.get('location') === oidc.urlFor('end_session_success');
    ctx.set('Clear-Site-Data', clearSiteData({ cookies }));
  });
}
