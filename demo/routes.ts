import Router from 'koa-router';
import type { Clock } from '#src/clock.ts';
import type { Asset } from './http/assets.ts';
import { ownPostsOnly } from './http/same-origin.ts';
import { createSwitchLanguage } from './http/switch-language.ts';
import type { Visitors } from './http/visitor.ts';
import type { SampleLog } from './log.ts';
import type { Draw } from './pages/draw.ts';
import { MENU } from './pages/layout.ts';
import { createShowPages } from './pages/show.ts';
import type { Troubles } from './pages/trouble.ts';
import type { RelyingParty } from './relying-party.ts';
import { createBeginSignIn } from './sign-in/begin.ts';
import { createCallback } from './sign-in/callback.ts';
import type { JudgeLogoutToken } from './sign-in/logout-token.ts';
import { createPendingSignIns } from './sign-in/pending.ts';
import { createRenew } from './sign-in/renew.ts';
import { createLocalSignOut, createProviderSignOut } from './sign-in/sign-out.ts';
import { createToldLogout, TOLD_PATH } from './sign-in/told-logout.ts';

/** What the path table hands out. */
export interface Routes {
  issuer: string;
  origin: string;
  visitors: Visitors;
  troubles: Troubles;
  relyingParty: RelyingParty;
  judgeLogoutToken: JudgeLogoutToken;
  draw: Draw;
  clock: Clock;
  log: SampleLog;
  assets: Readonly<Record<string, Asset>>;
}

/** The path table. Every post must come from a page of ours, but for `/login`, which other sites may call, and the provider's. */
export function createRoutes(deps: Routes): Router {
  const { origin, visitors, troubles, relyingParty, clock } = deps;
  const pages: readonly string[] = MENU.map((item) => item.path);
  const pending = createPendingSignIns(origin, clock);
  const show = createShowPages(deps);
  const begin = createBeginSignIn({ ...deps, pages, pending });
  const own = ownPostsOnly(origin, (ctx) => troubles.show(ctx, 'crossSite', 'cross-site post'));

  const router = new Router();
  for (const item of MENU) router.get(item.path, show.page(item.key));
  router.get('/signed-out', show.signedOut);
  router.get('/login', begin);
  router.post('/login', begin);
  router.get('/callback', createCallback({ origin, visitors, pending, relyingParty, troubles }));
  router.post('/refresh', own, createRenew({ visitors, relyingParty, troubles }));
  router.post('/logout', own, createLocalSignOut(visitors));
  router.post('/logout/provider', own, createProviderSignOut({ visitors, relyingParty, troubles }));
  router.post(TOLD_PATH, createToldLogout({ judge: deps.judgeLogoutToken, visitors, log: deps.log }));
  router.post('/language', own, createSwitchLanguage(origin, [...pages, '/signed-out']));
  for (const [path, asset] of Object.entries(deps.assets)) router.get(path, (ctx) => asset.send(ctx));
  return router;
}
