import type { Provider } from 'oidc-provider';

/** A session as an application is told of it. */
export interface ToldSession {
  clientId: string;
  accountId: string;
  sid: string | undefined;
}

/** What came of telling an application. `nobody`: it is not registered any more, or wants to hear nothing. */
export type Told = { kind: 'told' } | { kind: 'nobody' } | { kind: 'failed'; reason: string };

/** The way to an application behind people's backs, so that others know nothing of the library. */
export interface BackChannel {
  /** Throws AppError `store-unavailable`, and whatever is a bug. */
  tellLogout(session: ToldSession): Promise<Told>;
}

/** How deep the reason of a connection that failed lies. */
const DEPTH = 4;

function isPrivateAddress(failure: Error): boolean {
  let at: unknown = failure;
  for (let depth = 0; depth < DEPTH && at instanceof Error; depth += 1) {
    if (at.message.includes('special-use')) return true;
    at = at.cause;
  }
  return false;
}

/** Why an application could not be told, in a short word for records; undefined for what is a bug. No address is in it. */
export function untoldBecause(failure: unknown): string | undefined {
  if (!(failure instanceof Error)) return undefined;
  if ('response' in failure && failure.response instanceof Response) {
    return `status-${failure.response.status}`;
  }
  if (failure.name === 'TimeoutError') return 'timeout';
  if (isPrivateAddress(failure)) return 'private-address';
  // What fetch throws for a connection that came to nothing.
  return failure instanceof TypeError && failure.message === 'fetch failed' ? 'unreachable' : undefined;
}

/**
 * Tells by oidc-provider's own `client.backchannelLogout`, which its types leave out: a logout token that is made anew
 * each time and lives for two minutes (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.5), within 2.5 seconds.
 * test/src/provider/back-channel.test.ts says what is relied on.
 */
export function createBackChannel(provider: Pick<Provider, 'Client'>): BackChannel {
  return {
    async tellLogout({ clientId, accountId, sid }) {
      const client = await provider.Client.find(clientId);
      if (client?.backchannelLogoutUri === undefined) return { kind: 'nobody' };
      if (!('backchannelLogout' in client) || typeof client.backchannelLogout !== 'function') {
        throw new Error('oidc-provider has no client.backchannelLogout any more');
      }
      try {
        await Reflect.apply(client.backchannelLogout, client, [accountId, sid]);
        return { kind: 'told' };
      } catch (failure) {
        const reason = untoldBecause(failure);
        if (reason === undefined) throw failure;
        return { kind: 'failed', reason };
      }
    },
  };
}
