import { z } from 'zod';
import type { PasskeyOptions } from '#src/sign-in/passkey-options.ts';
import type { SignIn } from '#src/sign-in/sign-in.ts';
import { showConsent } from '../consent/show.ts';
import { explanationPage, isExplanationTopic } from '../explanation/explanation.view.ts';
import { noFields, readForm } from '../http/form.ts';
import { sendJson } from '../http/send-json.ts';
import { placeOfInteraction } from '../recovery/place.ts';
import { recoverPage } from '../recovery/recover.view.ts';
import { renderStuck } from './render-step.ts';
import { createSubmit, type SubmitParts } from './submit.ts';
import { type InteractionContext, interactionPath, openInteraction, seeOther, sendPage } from './turn.ts';

export interface StepParts extends SubmitParts {
  signIn: SignIn;
  passkeyOptions: PasskeyOptions;
}

/** Longer than any name or password we accept; what is longer is no honest form. */
const passwordForm = z.object({
  login_name: z.string().max(320),
  password: z.string().max(1000),
  shared: z.literal('yes').optional(),
});
/** A credential as JSON with a long attestation is well below this. */
export const CREDENTIAL_MAX = 12_000;
const codeForm = z
  .object({ code: z.string().max(100).optional(), credential: z.string().max(CREDENTIAL_MAX).optional() })
  // Each page has the one field or the other; a form with neither is none of ours.
  .refine(({ code, credential }) => code !== undefined || credential !== undefined);
/** How a code is to travel. */
export const channelForm = z.object({ channel: z.enum(['sms', 'voice']) });
const methodForm = z.object({ method: z.string().max(40) });
const purposeForm = z.object({ purpose: z.enum(['set-up', 'sign-in']) });

const CONFLICT = 409;

/** Handlers of password and second step: one show, and one submit a form. */
export function createSteps(parts: StepParts) {
  const { signIn, reads, events, trail } = parts;
  const { submit, beside, showFlow, openLogin } = createSubmit(parts);

  return {
    async show(ctx: InteractionContext): Promise<void> {
      const open = await openInteraction(ctx, parts);
      if (open === undefined) return;
      if (open.view.prompt === 'login') return showFlow(ctx, open, await signIn.current(open.turn));
      showConsent(ctx, open);
    },
    /** For who forgot name or password; the sign-in waits (R19). */
    async recover(ctx: InteractionContext): Promise<void> {
      const open = await openInteraction(ctx, parts);
      if (open === undefined) return;
      const { uid } = open.view;
      const frame = { ...open.frame, back: `${interactionPath(uid)}/recover` };
      sendPage(ctx, recoverPage(frame, placeOfInteraction(uid)));
    },
    /** What the second step is, in plain words (R7, R27); the sign-in waits. */
    async explanation(ctx: InteractionContext): Promise<void> {
      const open = await openInteraction(ctx, parts);
      if (open === undefined) return;
      const backHref = interactionPath(open.view.uid);
      const { topic = '' } = ctx.params;
      if (!isExplanationTopic(topic)) return seeOther(ctx, backHref);
      const hrefOf = (name: string) => `${backHref}/explanation/${name}`;
      const frame = { ...open.frame, back: hrefOf(topic) };
      sendPage(ctx, explanationPage(frame, { topic, backHref, hrefOf }));
    },
    stuck: beside('second-step', async (ctx, flow, shown) =>
      sendPage(ctx, await renderStuck(flow, shown), 200, shown.open.view.redirectUri),
    ),
    /** The news of a code under way, for the page's script. */
    async delivery(ctx: InteractionContext): Promise<void> {
      const open = await openLogin(ctx);
      if (open === undefined) return;
      const flow = await signIn.current(open.turn);
      const sent = 'sent' in flow ? flow.sent : undefined;
      sendJson(ctx, { state: await reads.delivery(open.turn, sent) });
    },
    /** What a passkey's script asks the browser to sign. A post, because a challenge is made and kept. */
    async passkeyOptions(ctx: InteractionContext): Promise<void> {
      const open = await openLogin(ctx);
      if (open === undefined) return;
      const form = readForm(ctx, purposeForm);
      const options = form && (await parts.passkeyOptions(open.turn, form.purpose));
      if (options === undefined) return sendJson(ctx, { error: 'no_such_step' }, CONFLICT);
      sendJson(ctx, options);
    },
    password: submit(passwordForm, (open, form) =>
      signIn.submitPassword(open.turn, {
        loginName: form.login_name,
        password: form.password,
        shared: form.shared === 'yes',
      }),
    ),
    secondStep: submit(codeForm, (open, form) => signIn.submitCode(open.turn, form)),
    send: submit(channelForm, (open, form) => signIn.sendCode(open.turn, form.channel)),
    method: submit(methodForm, (open, form) => signIn.chooseMethod(open.turn, form.method)),
    startOver: submit(noFields, (open) => signIn.startOver(open.turn)),
    /** The person can't give what the application demands, and goes back with nothing. */
    async giveUp(ctx: InteractionContext): Promise<void> {
      const open = await openLogin(ctx);
      if (open === undefined) return;
      const flow = await signIn.current(open.turn);
      if (flow.step !== 'stronger-needed') return seeOther(ctx, interactionPath(open.view.uid));
      if (readForm(ctx, noFields) === undefined) return showFlow(ctx, open, flow, { malformed: true });
      events.demandUnmet(open.turn, { account: flow.accountId, reason: flow.why });
      await trail.settled(open.turn.reference);
      const address = await open.gateway.unmet(ctx.req, ctx.res);
      await signIn.finish(open.turn);
      seeOther(ctx, address);
    },
  };
}
