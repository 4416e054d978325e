import { createServer, type RequestListener } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import Koa from 'koa';
import { type Clock, systemClock } from '#src/clock.ts';
import { listen } from '#src/listen.ts';
import { type Asset, loadAsset, loadStylesheet } from './http/assets.ts';
import { errorBoundary } from './http/boundary.ts';
import { canonicalHost } from './http/canonical-host.ts';
import { securityHeaders } from './http/headers.ts';
import { createVisitors } from './http/visitor.ts';
import { reasonOf, type SampleLog } from './log.ts';
import { isLoopback } from './loopback.ts';
import { createDraw } from './pages/draw.ts';
import { createTroubles } from './pages/trouble.ts';
import {
  accountPageOf,
  createProviderLink,
  type ProviderLink,
  type Registration,
  webAddress,
} from './provider-link.ts';
import { createRelyingParty } from './relying-party.ts';
import { createRoutes } from './routes.ts';
import { createJudgeLogoutToken } from './sign-in/logout-token.ts';

const DEFAULT_PORT = 3001;
const REQUEST_TIMEOUT_MS = 30_000;

/** One place where browsers find the sample application, and who it is there. `origin` has no slash at the end. */
export interface Site extends Registration {
  origin: string;
}

/** What the sample application is told: its site, and further ones that its port answers for by their host. */
export interface SampleApplicationOptions extends Site {
  more?: readonly Site[];
  port?: number;
  log?: SampleLog;
  clock?: Clock;
}

/** A running sample application; disposing it closes its port. */
export interface SampleApplication extends AsyncDisposable {
  readonly origin: string;
}

/**
 * Starts the sample absence application: a confidential relying party that keeps every token on the server. The
 * provider need not be up yet. It listens on this machine only. Throws AppError `port-in-use`, and a plain Error
 * when issuer or origin is unfit.
 */
export async function openSampleApplication(options: SampleApplicationOptions): Promise<SampleApplication> {
  const { origin, clock = systemClock, log = () => {}, port = DEFAULT_PORT } = options;
  const sites = [options, ...(options.more ?? [])];
  for (const site of sites) refusePlainHttp(site);
  const [style, icon] = await Promise.all([loadStylesheet(), loadAsset('icon.svg', 'svg')]);
  const house = { style, icon, clock, log };
  const server = createServer(answerByHost(sites.map((site) => [site.origin, wire(site, house).callback()])));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const listening = await listen(server, { port, address: 'localhost', setting: 'DEMO_PORT' });
  log({ level: 'info', message: `sample application listens at ${origin}` });
  return {
    origin,
    async [Symbol.asyncDispose]() {
      const closed = listening.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Each site answers for its own host; the first one sends whoever names another to itself. */
function answerByHost(
  sites: readonly (readonly [origin: string, answer: RequestListener])[],
): RequestListener {
  const byHost = new Map(sites.map(([origin, answer]) => [new URL(origin).host, answer]));
  const [[, first] = ['', undefined]] = sites;
  return (req, res) => (byHost.get(req.headers.host?.toLowerCase() ?? '') ?? first)?.(req, res);
}

/** What all sites share. Sessions and sign-ins under way are each site's own. */
interface House {
  style: Asset;
  icon: Asset;
  clock: Clock;
  log: SampleLog;
}

function wire(site: Site, { style, icon, clock, log }: House) {
  const { origin, issuer } = site;
  const link = createProviderLink(site, clock);
  const visitors = createVisitors(origin, clock);
  const accountPage = () => accountPageOf(link.known());
  const draw = createDraw({ stylesheet: style.address, icon: icon.address, accountPage }, visitors);
  const troubles = createTroubles(draw, log);
  const relyingParty = createRelyingParty(link, origin, clock);
  const router = createRoutes({
    issuer,
    origin,
    visitors,
    troubles,
    relyingParty,
    judgeLogoutToken: createJudgeLogoutToken(link, site, clock),
    draw,
    clock,
    log,
    assets: { '/assets/style.css': style, '/assets/icon.svg': icon },
  });

  const app = new Koa();
  app.on('error', (error) =>
    log({ level: 'error', message: 'sample application: answer failed', reason: reasonOf(error) }),
  );
  app.use(securityHeaders(origin, () => formTargets(issuer, link)));
  app.use(canonicalHost(origin));
  app.use(errorBoundary(troubles));
  app.use(bodyParser({ enableTypes: ['form'], formLimit: '16kb' }));
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

/** Signing out posts to us and is sent on to the provider, perhaps on an origin of its own. */
function formTargets(issuer: string, link: ProviderLink): string[] {
  const endSession = webAddress(link.known()?.end_session_endpoint);
  const origins = [issuer, endSession].flatMap((address) =>
    address === undefined ? [] : [new URL(address).origin],
  );
  return [...new Set(origins)];
}

function refusePlainHttp({ issuer, origin }: Site): void {
  for (const address of [issuer, origin]) {
    const url = new URL(address);
    if (url.protocol !== 'https:' && !isLoopback(url)) {
      throw new Error(`${url.origin} must be https; plain http is for this machine only`);
    }
  }
  if (new URL(origin).origin !== origin) {
    throw new Error('origin must be scheme, host and port only, without a slash at the end');
  }
}
