import type { IncomingMessage } from 'node:http';
import type { Tenant } from './tenant/tenant.ts';

/** What the shell knows about a request before anything looks at it. */
export interface RequestContext {
  tenant: Tenant;
  /** The number a person can name when something went wrong (R25). */
  reference: string;
  /** The browser's address, counted through the trusted proxies only (security rule 12). */
  address: string;
  /** What the browser calls itself; shortened, and as untrue as it likes. */
  userAgent?: string | undefined;
}

/** Finds the context of a request again where only Node's request is at hand (oidc-provider's own pages). */
export interface RequestRegister {
  of(req: IncomingMessage): RequestContext;
  keep(req: IncomingMessage, context: RequestContext): void;
}

/** A register that forgets a request when it is over. */
export function createRequestRegister(): RequestRegister {
  const contexts = new WeakMap<IncomingMessage, RequestContext>();
  return {
    of(req) {
      const context = contexts.get(req);
      if (context === undefined) throw new Error('a request reached a page without passing the shell');
      return context;
    },
    keep(req, context) {
      contexts.set(req, context);
    },
  };
}
