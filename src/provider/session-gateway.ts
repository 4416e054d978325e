import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Clock } from '#src/clock.ts';
import type { Session } from '#src/session/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { ACCOUNT_CALLBACK, ACCOUNT_CLIENT } from './account-client.ts';
import { type SessionLife, sessionTtl } from './lifetimes.ts';
import type { ArtifactStore } from './ports.ts';
import { storedSession } from './session-view.ts';

/** What a sign-in for the settings is asked with. */
export interface SettingsSignIn {
  /** Path of ours to come back to. */
  back: string;
  /** Ask for both steps although somebody is signed in. */
  again: boolean;
}

/** The way from our own pages to the session of a browser, so that they know nothing of the library. */
export interface SessionGateway {
  /** The session of this browser, and its idle end moves: a visit is activity. Undefined when nobody is signed in. */
  current(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined>;
  /** Where to sign in for the settings. */
  signInAddress(wish: SettingsSignIn): string;
  /** Takes the cookie of a session that was ended from this browser. */
  forgetCookie(req: IncomingMessage, res: ServerResponse): void;
}

interface Parts {
  tenant: Tenant;
  artifacts: Pick<ArtifactStore, 'find' | 'extend'>;
  life: SessionLife;
  clock: Clock;
}

/** The gateway of one tenant's Provider. */
export function createSessionGateway(provider: Provider, parts: Parts): SessionGateway {
  const { tenant, artifacts, life, clock } = parts;
  return {
    async current(req, res) {
      const { jti } = await provider.Session.get(provider.createContext(req, res));
      const stored = await artifacts.find(tenant.id, 'Session', jti);
      const session = stored && storedSession(stored, life);
      if (session === undefined) return undefined;
      const now = clock.now();
      const seconds = Math.floor(now / 1000);
      const expiresIn = sessionTtl(life, session.signedInAt / 1000, seconds, session.facts?.shared);
      // Ended this very moment by somebody else.
      if (!(await artifacts.extend(tenant.id, 'Session', jti, { expiresIn, now }))) return undefined;
      const { id: _key, ...shown } = session;
      return { ...shown, lastUsedAt: now };
    },
    signInAddress({ back, again }) {
      const address = new URL(`${tenant.issuer}/auth`);
      address.search = new URLSearchParams({
        client_id: ACCOUNT_CLIENT,
        response_type: 'none',
        scope: 'openid',
        redirect_uri: `${tenant.issuer}${ACCOUNT_CALLBACK}`,
        state: back,
        ...(again && { prompt: 'login' }),
      }).toString();
      return address.href;
    },
    forgetCookie(req, res) {
      const { cookies } = provider.createContext(req, res);
      const secure = tenant.issuer.startsWith('https:');
      const same = {
        httpOnly: true,
        sameSite: 'lax',
        secure,
        signed: true,
        overwrite: true,
        path: '/',
      } as const;
      cookies.secure = secure;
      cookies.set(provider.cookieName('session'), null, same);
    },
  };
}
