import { type InteractionContext, interactionPath, type OpenInteraction, sendPage } from '../sign-in/turn.ts';
import { consentPage } from './consent.view.ts';

/** Shows the consent page of an interaction that asks for one. */
export function showConsent(ctx: InteractionContext, { view, frame }: OpenInteraction, status = 200): void {
  const { uid, clientName, scopes, redirectUri } = view;
  const path = interactionPath(uid);
  const page = consentPage(frame, {
    action: `${path}/consent`,
    denyAction: `${path}/deny`,
    clientName,
    scopes,
  });
  sendPage(ctx, page, status, redirectUri);
}
