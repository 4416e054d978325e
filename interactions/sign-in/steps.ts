import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import type { SignInEvents } from '#src/events.ts';
import { assuranceOf } from '#src/sign-in/assurance.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { SignIn } from '#src/sign-in/sign-in.ts';
import type { SignInFlow } from '#src/sign-in/sign-in-flow.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import { showConsent } from '../consent/show.ts';
import { noFields, readForm } from '../http/form.ts';
import { recoverPage } from '../recovery/recover.view.ts';
import { renderStep } from './render-step.ts';
import {
  type InteractionContext,
  type InteractionParts,
  interactionPath,
  type OpenInteraction,
  openInteraction,
  seeOther,
  sendPage,
} from './turn.ts';

export interface StepParts extends InteractionParts {
  signIn: SignIn;
  methodOf(kind: string): FactorMethod;
  events: SignInEvents;
  clock: Clock;
}

/** Longer than any name or password we accept; what is longer is no honest form. */
const passwordForm = z.object({ login_name: z.string().max(320), password: z.string().max(1000) });
const codeForm = z.object({ code: z.string().max(100) });

const BAD_REQUEST = 400;

/** Handlers of one sign-in's pages: one show, and one submit a form. */
export function createSteps(parts: StepParts) {
  const { signIn, methodOf, events, clock } = parts;

  const showFlow = (ctx: InteractionContext, open: OpenInteraction, flow: SignInFlow, status = 200) => {
    const restartHref = restartAddress(ctx.state.tenant);
    // Handed over in the very turn that reached it; met again only when that turn was cut off.
    if (flow.step === 'signed-in') return seeOther(ctx, restartHref);
    const page = renderStep(open, flow, { methodOf, now: clock.now(), restartHref });
    return sendPage(ctx, page, status, open.view.redirectUri);
  };

  const goOn = async (ctx: InteractionContext, open: OpenInteraction, flow: SignInFlow) => {
    if (flow.step !== 'signed-in') return seeOther(ctx, interactionPath(open.view.uid));
    const { accountId, at } = flow;
    const assurance = assuranceOf(methodOf(flow.method));
    const address = await open.gateway.signIn(ctx.req, ctx.res, { accountId, assurance, at });
    events.signedIn(open.turn, { account: accountId, ...assurance });
    await signIn.finish(open.turn);
    return seeOther(ctx, address);
  };

  /** A form of the sign-in: malformed input gets the form back with 400, anything else a turn. */
  const submit =
    <Form>(schema: z.ZodType<Form>, act: (open: OpenInteraction, form: Form) => Promise<SignInFlow>) =>
    async (ctx: InteractionContext): Promise<void> => {
      const open = await openInteraction(ctx, parts);
      if (open === undefined) return;
      if (open.view.prompt !== 'login') return seeOther(ctx, interactionPath(open.view.uid));
      const form = readForm(ctx, schema);
      if (form !== undefined) return goOn(ctx, open, await act(open, form));
      const flow = await signIn.current(open.turn);
      const problem = { kind: 'malformed' as const };
      const again = flow.step === 'blocked' || flow.step === 'signed-in' ? flow : { ...flow, problem };
      showFlow(ctx, open, again, BAD_REQUEST);
    };

  return {
    async show(ctx: InteractionContext): Promise<void> {
      const open = await openInteraction(ctx, parts);
      if (open === undefined) return;
      if (open.view.prompt === 'login') return showFlow(ctx, open, await signIn.current(open.turn));
      showConsent(ctx, open);
    },
    /** Help for who forgot name or password; the sign-in waits. */
    async recover(ctx: InteractionContext): Promise<void> {
      const open = await openInteraction(ctx, parts);
      if (open === undefined) return;
      const backHref = interactionPath(open.view.uid);
      sendPage(ctx, recoverPage({ ...open.frame, back: `${backHref}/recover` }, { backHref }));
    },
    password: submit(passwordForm, (open, form) =>
      signIn.submitPassword(open.turn, { loginName: form.login_name, password: form.password }),
    ),
    secondStep: submit(codeForm, (open, form) => signIn.submitCode(open.turn, form.code)),
    enrol: submit(codeForm, (open, form) => signIn.submitSetUp(open.turn, form.code)),
    startOver: submit(noFields, (open) => signIn.startOver(open.turn)),
  };
}
