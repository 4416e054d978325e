import type Koa from 'koa';
import { createAdapterFactory } from '#adapters/oidc/adapter.ts';
import type { Config } from '#config/settings.ts';
import { createFrames, type Frames } from '#interactions/frame.ts';
import { createAnswerWithoutTenant } from '#interactions/http/answer-without-tenant.ts';
import { createAssets } from '#interactions/http/assets.ts';
import { errorBoundary } from '#interactions/http/error-boundary.ts';
import { recordsKept } from '#interactions/http/records-kept.ts';
import { securityHeaders } from '#interactions/http/security-headers.ts';
import type { Texts } from '#interactions/i18n.ts';
import { createProviderPages } from '#interactions/provider-pages.ts';
import { createRoutes } from '#interactions/routes.ts';
import { createMessageBirdWebhook } from '#interactions/webhooks/messagebird.ts';
import { boundFaults } from '#src/audit/bounded-faults.ts';
import type { AuditTrail } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import { allowedMethods } from '#src/enrolment/policy.ts';
import { createFaultEvents, type FaultEvents } from '#src/events.ts';
import type { Log } from '#src/log.ts';
import type { ReportVerifier } from '#src/message/report-verifier.ts';
import { configuredClients } from '#src/provider/configured-clients.ts';
import { createProvider } from '#src/provider/create-provider.ts';
import type { KeyRings } from '#src/provider/key-rings.ts';
import { REFRESH_GRACE_MS, sessionLife } from '#src/provider/lifetimes.ts';
import { hasLoopbackApplications } from '#src/provider/loopback.ts';
import {
  createProviders,
  type ProviderMakings,
  type Providers,
  type ProvidersParts,
} from '#src/provider/providers.ts';
import { createSessionGateway } from '#src/provider/session-gateway.ts';
import type { TellLogout } from '#src/provider/tell-logout.ts';
import type { Recovery } from '#src/recovery/recovery.ts';
import { createRequestRegister, type RequestContext, type RequestRegister } from '#src/request-context.ts';
import { createServer } from '#src/server.ts';
import { reachableAcrs } from '#src/sign-in/assurance.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { TenantDirectory } from '#src/tenant/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';
import type { SettingsComposition } from './settings.ts';
import type { composeSignIn } from './sign-in.ts';
import type { Volatile } from './volatile.ts';

export interface WebParts {
  config: Config;
  /** The tenant of the configuration. */
  tenant: Tenant;
  tenants: TenantDirectory;
  durable: Durable;
  volatile: Volatile;
  rings: KeyRings;
  rules: ReturnType<typeof composeSignIn>;
  recovery: Recovery;
  settings: SettingsComposition;
  /** Tells applications of a sign-out that could not be told at once. */
  tell: TellLogout;
  /** Every second-step method of this installation. */
  methods: readonly FactorMethod[];
  /** Checks delivery reports, where a supplier sends any. */
  reports: ReportVerifier | undefined;
  texts: Texts;
  trail: AuditTrail;
  clock: Clock;
  log: Log;
  /** More pages in front of ours: the trial's outbox. */
  extend?: ((app: Koa<RequestContext>, frames: Frames) => void) | undefined;
}

function composeProviders(
  parts: WebParts,
  frames: Frames,
  register: RequestRegister,
  faults: FaultEvents,
): Providers {
  const { config, durable, volatile, rings, trail, clock, log } = parts;
  const { accounts, clients } = durable;
  const { artifacts } = volatile;
  const make = ({ tenant, ring, cookies }: ProviderMakings) =>
    createProvider({
      tenant,
      accounts,
      artifacts,
      adapter: createAdapterFactory({
        tenantId: tenant.id,
        artifacts,
        clients,
        clock,
        refreshGraceMs: REFRESH_GRACE_MS,
      }),
      // Clients of the configuration are its own tenant's; further tenants have registered ones.
      clients: tenant.id === parts.tenant.id ? configuredClients(config.clients) : [],
      ring,
      cookieSigner: cookies,
      session: sessionLife(config.session),
      // Discovery promises what people of this tenant can reach.
      acrValues: reachableAcrs(allowedMethods(tenant.settings, parts.methods)),
      pages: createProviderPages(frames, register, faults),
      referenceOf: (req) => register.of(req).reference,
      originOf: (req) => register.of(req),
      applicationReach: {
        loopback: hasLoopbackApplications(tenant, config.unsafe),
        privateNetwork: config.unsafe.privateApplications,
      },
      tell: parts.tell,
      systemEvents: createSystemEvents(trail),
      trail,
      clock,
      log,
    });
  const sessions: ProvidersParts['sessions'] = (provider, tenant) =>
    createSessionGateway(provider, { tenant, artifacts, life: sessionLife(config.session), clock });
  return createProviders({ rings, make, sessions, clock });
}

/** The application over HTTP, and the Providers behind it, which are to be disposed of. */
export interface Web {
  app: Koa<RequestContext>;
  providers: Providers;
}

/** The application over HTTP: shell, pages and providers. */
export function composeWeb(parts: WebParts): Web {
  const { config, tenants, rules, recovery, settings, durable, volatile, reports, texts, trail, clock } =
    parts;
  const { log, extend } = parts;
  const { deliveries, throttle } = volatile;
  const assets = createAssets();
  const frames = createFrames({ texts, assets: assets.paths });
  const register = createRequestRegister();
  const faults = boundFaults(createFaultEvents(trail), { clock, log });
  const providers = composeProviders(parts, frames, register, faults);
  const gatewayOf = async (of: Tenant) => (await providers.of(of)).interactions;
  const sessionsOf = async (of: Tenant) => (await providers.of(of)).sessions;
  const app = createServer({
    tenants,
    answerWithoutTenant: createAnswerWithoutTenant(texts),
    register,
    trustedHops: config.listen.trustedHops,
    log,
    install(app) {
      app.use(securityHeaders());
      app.use(errorBoundary(frames, log, faults));
      app.use(recordsKept(trail));
      app.use(assets.middleware);
      extend?.(app, frames);
      // Comes from no page of ours: in front of the check of where a post comes from.
      if (reports !== undefined)
        app.use(
          createMessageBirdWebhook({
            ...{ reports, deliveries, queue: durable.queue, throttle, clock, log },
            events: createSystemEvents(trail),
          }),
        );
      app.use(
        createRoutes({
          ...{ ...rules, recovery, trail, frames, gatewayOf, clock, accounts: durable.accounts },
          settings: { ...settings, frames, sessionsOf },
        }),
      );
    },
    provider: async (of) => (await providers.of(of)).handle,
  });
  return { app, providers };
}
