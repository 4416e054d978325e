import type { z } from 'zod';
import type { AuditTrail } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { SignInEvents } from '#src/events.ts';
import { assuranceOf } from '#src/sign-in/assurance.ts';
import type { CompleteSignIn } from '#src/sign-in/complete-sign-in.ts';
import type { FlowAt, SignInFlow, SignInStep } from '#src/sign-in/flow-state.ts';
import type { SignIn } from '#src/sign-in/sign-in.ts';
import type { StepReads } from '#src/sign-in/step-reads.ts';
import type { Turn } from '#src/sign-in/turn.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { dropBrowserMark, keepBrowserMark } from '../http/browser-mark.ts';
import { readForm } from '../http/form.ts';
import { keepLanguageForNow } from '../http/language.ts';
import { renderStep } from './render-step.ts';
import type { Rendering } from './rendering.ts';
import {
  type InteractionContext,
  type InteractionParts,
  interactionPath,
  type OpenInteraction,
  openInteraction,
  seeOther,
  sendPage,
} from './turn.ts';

export interface SubmitParts extends InteractionParts {
  signIn: Pick<SignIn, 'current' | 'finish'>;
  /** The last look before a sign-in is handed over. */
  complete: CompleteSignIn;
  reads: StepReads;
  events: SignInEvents;
  trail: Pick<AuditTrail, 'settled'>;
  clock: Clock;
}

const BAD_REQUEST = 400;

/** What every handler of a sign-in's page shares: open, act, show or go on. */
export function createSubmit(parts: SubmitParts) {
  const { signIn, reads, events, trail, clock } = parts;

  const rendering = (ctx: InteractionContext, open: OpenInteraction): Rendering => ({
    open,
    reads,
    now: clock.now(),
    restartHref: restartAddress(ctx.state.tenant),
  });

  /** Shows the step that a flow is at. */
  const showFlow = async (
    ctx: InteractionContext,
    open: OpenInteraction,
    flow: SignInFlow,
    { malformed = false } = {},
  ): Promise<void> => {
    const shown = { ...rendering(ctx, open), malformed };
    // Handed over in the very turn that reached it; met again only when that turn was cut off.
    if (flow.step === 'signed-in') return seeOther(ctx, shown.restartHref);
    const page = await renderStep(flow, shown);
    sendPage(ctx, page, malformed ? BAD_REQUEST : 200, open.view.redirectUri);
  };

  /** What can't be recorded does not happen (ground rule 2): the sign-in that it is missing from begins anew. */
  const kept = async (turn: Turn): Promise<void> => {
    try {
      await trail.settled(turn.reference);
    } catch (failure) {
      await signIn.finish(turn);
      throw failure;
    }
  };

  const goOn = async (ctx: InteractionContext, open: OpenInteraction, flow: SignInFlow): Promise<void> => {
    if (flow.step !== 'signed-in') return seeOther(ctx, interactionPath(open.view.uid));
    const { accountId, proofs, begun } = flow;
    const completed = await parts.complete(open.turn, flow);
    await kept(open.turn);
    if (completed.kind === 'blocked') return seeOther(ctx, interactionPath(open.view.uid));
    const assurance = assuranceOf(proofs);
    const at = Math.max(...proofs.map((proof) => proof.at));
    const { userAgent, address: from } = open.turn;
    const facts = {
      // One that another version of the product began tells nothing of its password: it is not fresh.
      passwordAt: begun?.at ?? 0,
      passwordSince: begun?.since,
      shared: begun?.shared === true,
      ...{ userAgent, address: from, browser: completed.known?.browser },
    };
    const address = await open.gateway.signIn(ctx.req, ctx.res, { accountId, assurance, at, facts });
    events.signedIn(open.turn, { account: accountId, ...assurance });
    await signIn.finish(open.turn);
    rememberBrowser(ctx, open.turn.tenant, completed.known?.mark);
    return seeOther(ctx, address);
  };

  /** An open interaction that asks for a sign-in; anything else is answered already. */
  const openLogin = async (ctx: InteractionContext): Promise<OpenInteraction | undefined> => {
    const open = await openInteraction(ctx, parts);
    if (open === undefined || open.view.prompt === 'login') return open;
    seeOther(ctx, interactionPath(open.view.uid));
    return undefined;
  };

  return {
    showFlow,
    openLogin,
    rendering,
    /** A form of the sign-in: malformed input gets the form back with 400, anything else a turn. */
    submit:
      <Form>(schema: z.ZodType<Form>, act: (open: OpenInteraction, form: Form) => Promise<SignInFlow>) =>
      async (ctx: InteractionContext): Promise<void> => {
        const open = await openLogin(ctx);
        if (open === undefined) return;
        const form = readForm(ctx, schema);
        if (form !== undefined) {
          const flow = await act(open, form);
          await kept(open.turn);
          return goOn(ctx, open, flow);
        }
        await showFlow(ctx, open, await signIn.current(open.turn), { malformed: true });
      },
    /** A page beside a step, which reads the flow only; at another step the browser goes there. */
    beside:
      <Step extends SignInStep>(
        step: Step,
        show: (ctx: InteractionContext, flow: FlowAt<Step>, shown: Rendering) => Promise<void>,
      ) =>
      async (ctx: InteractionContext): Promise<void> => {
        const open = await openLogin(ctx);
        if (open === undefined) return;
        const flow = await signIn.current(open.turn);
        if (!isAt(flow, step)) return seeOther(ctx, interactionPath(open.view.uid));
        await show(ctx, flow, rendering(ctx, open));
      },
  };
}

/** What stays in the browser after a sign-in: nothing where others use it too. */
function rememberBrowser(ctx: InteractionContext, tenant: Tenant, mark: string | undefined): void {
  if (mark !== undefined) {
    keepBrowserMark(ctx, tenant, mark);
  } else {
    dropBrowserMark(ctx, tenant);
    keepLanguageForNow(ctx, tenant);
  }
}

function isAt<Step extends SignInStep>(flow: SignInFlow, step: Step): flow is FlowAt<Step> {
  return flow.step === step;
}
