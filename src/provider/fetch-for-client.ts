import { AppError } from '#src/errors.ts';
import { isPlainLoopback, postToLoopback } from './loopback.ts';
import { postToPrivateNetwork } from './private-network.ts';

type Fetch = (url: string | URL | Request, options?: RequestInit) => Promise<Response>;

/** A redirect could lead anywhere: refused, or handed back as the answer that it is. */
function notFollowed(redirect: RequestInit['redirect']): 'manual' | 'error' {
  return redirect === 'manual' ? 'manual' : 'error';
}

/** Where applications may be that are told of sessions that ended, beside the internet. */
export interface ApplicationReach {
  /** On this machine, over plain http (hasLoopbackApplications). */
  loopback: boolean;
  /** In a private network (`unsafe.privateApplications`). */
  privateNetwork: boolean;
}

/**
 * Fetches what a client's metadata points at, and tells it there of sessions that ended. oidc-provider puts a dispatcher
 * into `options` that cuts every connection to an address of this machine or of a private network (security rule 13), but
 * goes on without one, with no more than a warning, should a newer Node no longer let it make one: then nothing is
 * fetched. No redirect is followed. `reach` is for what is posted, which is logout tokens alone; nothing is ever read from
 * there. Throws AppError `outbound-refused`, or what fetch throws.
 */
export function createFetchForClient({ loopback, privateNetwork }: ApplicationReach): Fetch {
  return async (url, options = {}) => {
    const posts = options.method === 'POST';
    const address = new URL(url instanceof Request ? url.url : url);
    if (loopback && posts && isPlainLoopback(address)) return postToLoopback(address, options);
    if (privateNetwork && posts) return postToPrivateNetwork(address, options);
    if (!('dispatcher' in options) || !options.dispatcher) {
      throw new AppError('outbound-refused', 500, 'nothing guards this fetch against private addresses');
    }
    const answer = await globalThis.fetch(url, { ...options, redirect: notFollowed(options.redirect) });
    // Whoever is told something has nothing to say but a status, whatever it sends.
    if (posts) await answer.body?.cancel();
    return answer;
  };
}
