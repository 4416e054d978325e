import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Koa from 'koa';
import { z } from 'zod';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createMemoryOneTimeStore } from '#adapters/memory/one-time-store.ts';
import { createWebAuthnMethod } from '#interactions/factors/webauthn.ts';
import { createAssets } from '#interactions/http/assets.ts';
import { formBody, readForm } from '#interactions/http/form.ts';
import { contentSecurityPolicy } from '#interactions/http/security-headers.ts';
import { systemClock } from '#src/clock.ts';
import type { MethodContext, PasskeyPurpose, SetUpAnswer, SignInCheck } from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { methodContext } from '../../support/method-context.ts';

/** A site with nothing but the page of one method: what the script is given, and what the method makes of its answer. */
export interface PasskeyPlace {
  origin: string;
  /** What was set up; tests may put others in their place. */
  factors: Factor[];
  /** The method's last answer, and the form's own size in characters. */
  last: { answer: SetUpAnswer | SignInCheck; size: number } | undefined;
  /** Makes the options fail, as when the sign-in ended meanwhile. */
  broken: boolean;
  [Symbol.asyncDispose](): Promise<void>;
}

const purposeSchema = z.object({ purpose: z.enum(['set-up', 'sign-in']) });
const credentialSchema = z.object({ credential: z.string() });

const pageOf = (
  purpose: PasskeyPurpose,
  script: string,
) => `<!doctype html><html lang="nl"><title>Sleutel</title>
<script type="module" src="${script}"></script>
<form method="post" action="/answer?purpose=${purpose}" novalidate>
<div data-passkey><input type="hidden" name="credential">
<button type="button" id="use-passkey" data-options="/options" data-purpose="${purpose}" data-busy="Bezig" hidden>Gebruik</button>
<p class="no-script">Zonder script</p><p data-passkey-unsupported hidden>Kan niet</p></div>
</form>`;

/** What the store would keep of a set-up, or would have after a use. */
function remember(place: PasskeyPlace, context: MethodContext, answer: SetUpAnswer | SignInCheck): void {
  if (!answer.ok) return;
  if ('data' in answer) {
    const owner = { tenantId: context.tenant.id, accountId: context.accountId, kind: 'webauthn', label: '' };
    const { data, identity, counter } = answer;
    const times = { createdAt: 0, lastUsedAt: 0 };
    place.factors.push({ ...owner, ...times, id: randomUUID(), data, identity, lastCounter: counter });
    return;
  }
  if (!('use' in answer)) return;
  const { factorId, use } = answer;
  place.factors = place.factors.map((factor) =>
    factor.id === factorId ? { ...factor, lastCounter: use.counter, data: use.data ?? factor.data } : factor,
  );
}

function createApp(place: PasskeyPlace): Koa {
  const method = createWebAuthnMethod({
    oneTime: createMemoryOneTimeStore({ clock: systemClock }),
    digester: createDigester(randomBytes(32)),
    factors: {
      countAccounts: async (_tenantId, _kind, identity) =>
        place.factors.some((factor) => factor.identity === identity) ? 1 : 0,
    },
  });
  const person = methodContext();
  const assets = createAssets();
  const app = new Koa();
  app.use(assets.middleware);
  app.use(formBody());
  app.use(async (ctx) => {
    ctx.set('Content-Security-Policy', contentSecurityPolicy());
    const context = { ...person, tenant: { ...person.tenant, issuer: place.origin } };
    if (ctx.path === '/options') {
      const form = readForm(ctx, purposeSchema);
      if (place.broken || form === undefined || ctx.get('sec-fetch-site') !== 'same-origin') {
        ctx.status = 403;
        return;
      }
      ctx.body = await method.passkeyOptions?.(context, form.purpose, place.factors);
      return;
    }
    const purpose = ctx.query.purpose === 'sign-in' ? 'sign-in' : 'set-up';
    if (ctx.method === 'GET') {
      ctx.type = 'html';
      ctx.body = pageOf(purpose, assets.paths.scripts.passkey);
      return;
    }
    const typed = readForm(ctx, credentialSchema) ?? {};
    const answer =
      purpose === 'set-up'
        ? await method.setUp?.prove(context, undefined, typed)
        : await method.signIn.check(context, place.factors, typed);
    if (answer === undefined) return;
    place.last = { answer, size: String(ctx.request.rawBody).length };
    remember(place, context, answer);
    ctx.redirect('/done');
    ctx.status = 303;
  });
  return app;
}

/** Opens one under this host, which must be a name of this machine. */
export async function openPasskeyPlace(host: string): Promise<PasskeyPlace> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const place: PasskeyPlace = {
    origin: `http://${host}:${address.port}`,
    factors: [],
    last: undefined,
    broken: false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', createApp(place).callback());
  return place;
}
