import type { InteractionContext } from '../sign-in/turn.ts';
import { sendPage } from '../sign-in/turn.ts';
import { createAsking } from './ask-steps.ts';
import { createCodeSteps } from './code-steps.ts';
import { createLinkSteps } from './link-steps.ts';
import { createNotMeSteps } from './not-me-steps.ts';
import { placeOf } from './place.ts';
import { recoverPage } from './recover.view.ts';
import { createTurnSteps } from './turn-steps.ts';
import type { RecoveryParts } from './visit.ts';

export type { RecoveryParts } from './visit.ts';

/** Handlers of recovery (R19–R22), of invitations, and of "this was not me". */
export function createRecoverySteps(parts: RecoveryParts) {
  return {
    /** The choice, without a sign-in it was opened from: out of a mail, or from a bookmark. */
    choose(ctx: InteractionContext): void {
      const place = placeOf(ctx);
      const frame = parts.frames({ req: ctx.req, context: ctx.state, back: place.to('/recover') });
      sendPage(ctx, recoverPage(frame, place));
    },
    loginName: createAsking(parts, 'login-name'),
    password: createAsking(parts, 'password'),
    ...createTurnSteps(parts),
    ...createCodeSteps(parts),
    ...createLinkSteps(parts),
    ...createNotMeSteps(parts),
  };
}
