import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { ChangeEmail, EmailTurn } from '#src/settings/change-email.ts';
import { noFields } from '../../http/form.ts';
import { secondsLeft } from '../../sign-in/shown.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { EMAIL_CODE_PATH, EMAIL_PATH } from '../paths.ts';
import { isTried, triedPath } from '../tried.ts';
import type { SettingsVisit, Visits } from '../visits.ts';
import { emailCodePage } from './code.view.ts';
import { emailPage } from './email.view.ts';
import { shownEmailProblem } from './email-problem.ts';

export interface EmailParts {
  changeEmail: ChangeEmail;
  clock: Clock;
}

const addressForm = z.strictObject({ email: z.string().max(500) });
const codeForm = z.strictObject({ id: z.string().max(100), code: z.string().max(100) });
const idForm = z.strictObject({ id: z.string().max(100) });

/** Goes where a turn led. */
function goOn(ctx: InteractionContext, turn: EmailTurn): void {
  if (turn === 'changed') goOnDone(ctx, 'email');
  else if (turn === 'already') goOnDone(ctx, 'already');
  else seeOther(ctx, turn === 'code' ? EMAIL_CODE_PATH : triedPath(EMAIL_PATH));
}

/** The pages of the e-mail address: which one it is to be, and the code that proves it. */
export function createEmailSteps(visits: Visits, { changeEmail, clock }: EmailParts) {
  const showAddress = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const { account } = visit.turn;
    const [task, resumed] = await Promise.all([changeEmail.current(visit.turn), visit.typed(addressForm)]);
    const tells = isTried(ctx);
    // The button was pressed twice, and this is the end of the press that sent nothing.
    if (tells && task?.step === 'code') return seeOther(ctx, EMAIL_CODE_PATH);
    const tried = tells && task?.step === 'address' ? task : undefined;
    const unproved = account.emailVerified ? undefined : account.email;
    const page = {
      ...{ action: EMAIL_PATH, now: account },
      typed: resumed?.email ?? tried?.typed ?? unproved ?? '',
      problem: shownEmailProblem(tried?.problem, clock.now()),
      codeHref: task?.step === 'code' ? EMAIL_CODE_PATH : undefined,
    };
    sendPage(ctx, emailPage(visit, page));
  };

  const showCode = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const [task, resumed] = await Promise.all([changeEmail.current(visit.turn), visit.typed(codeForm)]);
    if (task?.step !== 'code') return seeOther(ctx, EMAIL_PATH);
    const { id, email, mail, problem } = task;
    const page = {
      ...{ id, email, again: mail.again, addressHref: EMAIL_PATH },
      actions: { code: EMAIL_CODE_PATH, send: `${EMAIL_PATH}/send`, cancel: `${EMAIL_PATH}/cancel` },
      typed: resumed?.id === id ? resumed.code : undefined,
      problem: shownEmailProblem(problem, clock.now()),
      waitSeconds: secondsLeft(mail.againAt, clock.now()),
    };
    sendPage(ctx, emailCodePage(visit, page));
  };

  const onCodePage = { fresh: true, page: () => EMAIL_CODE_PATH } as const;
  return {
    show: visits.page(showAddress, { fresh: true }),
    submit: visits.form(
      addressForm,
      async (ctx, { turn }, { email }) => goOn(ctx, await changeEmail.ask(turn, email)),
      { fresh: true },
    ),
    showCode: visits.page(showCode, { fresh: true }),
    submitCode: visits.form(
      codeForm,
      async (ctx, { turn }, typed) => goOn(ctx, await changeEmail.prove(turn, typed)),
      onCodePage,
    ),
    send: visits.form(
      idForm,
      async (ctx, { turn }, { id }) => goOn(ctx, await changeEmail.sendAgain(turn, id)),
      { ...onCodePage, keep: () => undefined },
    ),
    cancel: visits.form(
      noFields,
      async (ctx, { turn }) => {
        await changeEmail.cancel(turn);
        seeOther(ctx, ACCOUNT_PATH);
      },
      { page: () => EMAIL_PATH },
    ),
  };
}
