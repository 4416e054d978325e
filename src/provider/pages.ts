import type { IncomingMessage } from 'node:http';

/** A page ready to send, with the content security policy it needs. */
export interface RenderedPage {
  html: string;
  csp: string;
}

/** The pages that oidc-provider asks for; drawn by the interactions room. */
export interface ProviderPages {
  /** A request that can't be answered by a redirect. `code` is the OAuth error or an AppErrorCode. */
  error(page: { req: IncomingMessage; code: string; status: number }): RenderedPage;
  /** An authorization request that ran out of time, or whose cookies are gone: start again. */
  stale(page: { req: IncomingMessage }): RenderedPage;
  /**
   * Asks whether to sign out. `form` is oidc-provider's own hidden form with id `op.logoutForm`; `certain` when a
   * valid id_token_hint says that the application itself asked for this person (OIDC RP-Initiated Logout §2).
   */
  logout(page: {
    req: IncomingMessage;
    form: string;
    certain: boolean;
    applicationName: string | undefined;
    returnTo: string | undefined;
  }): RenderedPage;
  signedOut(page: { req: IncomingMessage }): RenderedPage;
}

/** What a policy may name: no list, no wildcard, no second directive (CSP3 §2.3.1). URLs allow `;` and `*` in hosts. */
const SOURCE = /^[a-z][a-z0-9+.-]*:(?:\/\/[a-z0-9._:[\]-]+)?$/;

/**
 * What `form-action` must name so that a browser may follow the way back to this address: its origin, or the
 * scheme alone for an app's own scheme. Undefined for something that is no address.
 */
export function formActionSource(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { origin, protocol } = new URL(address);
  const source = origin === 'null' ? protocol : origin;
  return SOURCE.test(source) ? source : undefined;
}
