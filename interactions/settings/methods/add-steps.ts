import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import { PHONE_KIND } from '#src/message/phone-factor.ts';
import type { Methods } from '#src/settings/methods.ts';
import type { SetUpOutcome, SetUps } from '#src/settings/set-up.ts';
import { setUpForm } from '../../enrolment/steps.ts';
import { explanationPage, isExplanationTopic } from '../../explanation/explanation.view.ts';
import { sendJson } from '../../http/send-json.ts';
import { channelForm } from '../../sign-in/steps.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { addPath, METHODS_PATH, PHONE_PATH } from '../paths.ts';
import type { FormOptions, SettingsVisit, Visits } from '../visits.ts';
import { renderSetUp } from './render-set-up.ts';

export interface AddingParts {
  setUps: SetUps;
  ownMethods: Pick<Methods, 'added' | 'find'>;
  clock: Clock;
}

const task = { task: z.string().max(60) };
const beginForm = z.object({ replace: z.string().max(60).optional() });
const addForm = setUpForm.extend(task);
const sendForm = channelForm.extend(task);
const renewForm = z.object(task);
const purposeForm = z.object({ purpose: z.literal('set-up') });
/** What of a form is worth keeping while both steps are asked again: a code will not do later. */
const typedSchema = z.looseObject({ phone: z.string().optional(), label: z.string().optional() });

const CONFLICT = 409;

const pageOf = ({ params }: InteractionContext) => params.page ?? '';
const taskOf = (ctx: InteractionContext) => `method-${pageOf(ctx)}`;
const ownPage = (ctx: InteractionContext) => addPath(pageOf(ctx));

/** Setting up another method, or one in the place of another, by the pages of the first sign-in. */
export function createAddingSteps(visits: Visits, { setUps, ownMethods, clock }: AddingParts) {
  const fresh: FormOptions = { fresh: true, page: ownPage };

  const goOn = (ctx: InteractionContext, outcome: SetUpOutcome): void => {
    switch (outcome.kind) {
      case 'again':
        seeOther(ctx, ownPage(ctx));
        break;
      case 'finished':
        goOnDone(ctx, 'already', METHODS_PATH);
        break;
      case 'gone':
        goOnDone(ctx, 'set-up-gone', METHODS_PATH);
        break;
      case 'added':
        goOnDone(ctx, outcome.former === undefined ? 'method-added' : 'method-replaced', METHODS_PATH);
        break;
    }
  };

  const show = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const kept = await setUps.current(visit.turn, taskOf(ctx));
    // Nothing was begun: the buttons that begin it stand on the list.
    if (kept === undefined) return seeOther(ctx, METHODS_PATH);
    const typed = await visit.typed(typedSchema);
    const { typedPhone, typedLabel } = kept;
    const setUp = {
      ...kept,
      typedPhone: typed?.phone ?? typedPhone,
      typedLabel: typed?.label ?? typedLabel,
    };
    const reads = await setUps.reads(visit.turn, setUp);
    sendPage(ctx, renderSetUp(visit, { page: pageOf(ctx), setUp, reads, now: clock.now() }));
  };

  /** Begins nothing that counts yet: the page that it leads to asks for both steps where they are not fresh. */
  const begin = async (ctx: InteractionContext, { turn }: SettingsVisit, form: z.infer<typeof beginForm>) => {
    const former = form.replace === undefined ? undefined : await ownMethods.find(turn, form.replace);
    // A number has a page of its own, where the old one hears of it (R23).
    if (former?.kind === PHONE_KIND) return seeOther(ctx, PHONE_PATH);
    const of = { page: pageOf(ctx), replaces: form.replace };
    if (await setUps.begin(turn, taskOf(ctx), of)) return seeOther(ctx, ownPage(ctx));
    goOnDone(ctx, 'method-gone', METHODS_PATH);
  };

  const submit = async (ctx: InteractionContext, { turn }: SettingsVisit, sent: z.infer<typeof addForm>) => {
    const { task: id, method, channel, ...typed } = sent;
    const form = { id, method, channel, typed };
    const outcome = await setUps.submit(turn, taskOf(ctx), form, (added) => ownMethods.added(turn, added));
    goOn(ctx, outcome);
  };

  const options = async (ctx: InteractionContext, { turn }: SettingsVisit): Promise<void> => {
    const asked = await setUps.passkeyOptions(turn, taskOf(ctx));
    if (asked === undefined) return sendJson(ctx, { error: 'no_such_step' }, CONFLICT);
    sendJson(ctx, asked);
  };

  const delivery = async (ctx: InteractionContext, { turn }: SettingsVisit): Promise<void> => {
    const setUp = await setUps.current(turn, taskOf(ctx));
    sendJson(ctx, { state: setUp && (await setUps.reads(turn, setUp)).delivery });
  };

  const explain = async (ctx: InteractionContext, { frame }: SettingsVisit): Promise<void> => {
    const { topic = '' } = ctx.params;
    if (!isExplanationTopic(topic)) return seeOther(ctx, ownPage(ctx));
    const hrefOf = (name: string) => `${ownPage(ctx)}/explanation/${name}`;
    sendPage(ctx, explanationPage(frame, { topic, backHref: ownPage(ctx), hrefOf }));
  };

  return {
    begin: visits.form(beginForm, begin, { page: () => METHODS_PATH }),
    show: visits.page(show, { fresh: true }),
    submit: visits.form(addForm, submit, {
      ...fresh,
      keep: ({ phone, label }) => ({ phone, label }),
    }),
    send: visits.form(
      sendForm,
      async (ctx, { turn }, { task: id, channel }) =>
        goOn(ctx, await setUps.sendCode(turn, taskOf(ctx), { id, channel })),
      fresh,
    ),
    renew: visits.form(
      renewForm,
      async (ctx, { turn }, { task: id }) => goOn(ctx, await setUps.renew(turn, taskOf(ctx), { id })),
      fresh,
    ),
    passkeyOptions: visits.form(purposeForm, options, { page: ownPage }),
    delivery: visits.page(delivery),
    explain: visits.page(explain),
  };
}
