import type { IncomingMessage } from 'node:http';
import type { FaultEvents } from '#src/events.ts';
import { formActionSource, type ProviderPages } from '#src/provider/pages.ts';
import type { RequestRegister } from '#src/request-context.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Frames } from './frame.ts';
import { contentSecurityPolicy } from './http/security-headers.ts';
import { logoutPage } from './session/logout.view.ts';
import { signedOutPage } from './session/signed-out.view.ts';
import { stalePage } from './sign-in/stale.view.ts';
import { errorPage } from './views/error.view.ts';

/** Draws the pages that oidc-provider asks for, in the look of the request's tenant. */
export function createProviderPages(
  frames: Frames,
  register: RequestRegister,
  faults: FaultEvents,
): ProviderPages {
  const about = (req: IncomingMessage) => {
    const context = register.of(req);
    const back = req.method === 'GET' ? (req.url ?? '/') : '/';
    return { context, frame: frames({ req, context, back }), restartHref: restartAddress(context.tenant) };
  };
  return {
    error({ req, code, status }) {
      const { context, frame, restartHref } = about(req);
      const { tenant, reference, address, userAgent } = context;
      faults.errorShown({ tenantId: tenant.id, reference, address, userAgent }, { error: code, status });
      const html = errorPage(frame, { reference: context.reference, code, restartHref });
      return { html, csp: contentSecurityPolicy() };
    },
    stale({ req }) {
      const { frame, restartHref } = about(req);
      return { html: stalePage(frame, { restartHref }), csp: contentSecurityPolicy() };
    },
    logout({ req, form, certain, applicationName, returnTo }) {
      const { frame } = about(req);
      const application = applicationName ?? frame.tenant.applicationName;
      const html = logoutPage(frame, { form, autoSubmit: certain, application });
      return { html, csp: contentSecurityPolicy({ formAction: [formActionSource(returnTo)] }) };
    },
    signedOut({ req }) {
      const { frame, restartHref } = about(req);
      return { html: signedOutPage(frame, { restartHref }), csp: contentSecurityPolicy() };
    },
  };
}
