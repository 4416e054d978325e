import { z } from 'zod';
import type { ClosingTurns } from '#src/enrolment/closing-turns.ts';
import type { SetUpTurns } from '#src/enrolment/set-up-turns.ts';
import { noFields } from '../http/form.ts';
import { sendFile } from '../http/send-file.ts';
import { CREDENTIAL_MAX, channelForm } from '../sign-in/steps.ts';
import { createSubmit, type SubmitParts } from '../sign-in/submit.ts';
import { sendPage } from '../sign-in/turn.ts';
import { renderBackupCodeFile, renderBackupCodePrint } from './render-backup-code.ts';

export interface EnrolmentParts extends SubmitParts {
  setUp: SetUpTurns;
  closing: ClosingTurns;
}

/** What the form of a method on its page brings. */
export const setUpForm = z.object({
  method: z.string().max(40),
  phone: z.string().max(100).optional(),
  /** How the code is to travel, where a number is asked. */
  channel: channelForm.shape.channel.optional(),
  code: z.string().max(100).optional(),
  credential: z.string().max(CREDENTIAL_MAX).optional(),
  label: z.string().max(200).optional(),
});
/** `from`: the step that the button stood on. */
const leaveForm = z.strictObject({ from: z.string().max(60).optional() });
const emailCodeForm = z.object({ code: z.string().max(100) });
const questionForm = z.object({
  question: z.string().max(100).default(''),
  answer: z.string().max(500).default(''),
  email: z.string().max(500),
});

/** Handlers of a first sign-in's pages (R7–R16): one submit a form. */
export function createEnrolmentSteps(parts: EnrolmentParts) {
  const { setUp, closing } = parts;
  const { submit, beside } = createSubmit(parts);
  return {
    enrol: submit(setUpForm, (open, { method, channel, ...typed }) =>
      setUp.submit(open.turn, { kind: method, channel, typed }),
    ),
    send: submit(channelForm, (open, { channel }) => setUp.sendCode(open.turn, channel)),
    renew: submit(noFields, (open) => setUp.renew(open.turn)),
    skip: submit(leaveForm, (open, { from }) => setUp.skip(open.turn, from)),
    back: submit(leaveForm, (open, { from }) => setUp.back(open.turn, from)),
    keepBackupCode: submit(noFields, (open) => closing.keepBackupCode(open.turn)),
    sendBackupCode: submit(noFields, (open) => closing.sendBackupCode(open.turn)),
    printBackupCode: beside('backup-code', async (ctx, flow, shown) =>
      sendPage(ctx, renderBackupCodePrint(flow, shown), 200, shown.open.view.redirectUri),
    ),
    backupCodeFile: beside('backup-code', async (ctx, flow, shown) => {
      const text = renderBackupCodeFile(flow, shown);
      sendFile(ctx, { name: 'back-upcode.txt', type: 'text/plain; charset=utf-8', text });
    }),
    securityQuestion: submit(questionForm, (open, typed) => closing.saveFirstSignIn(open.turn, typed)),
    confirmEmail: submit(emailCodeForm, (open, { code }) => closing.confirmEmail(open.turn, code)),
    sendEmailCode: submit(noFields, (open) => closing.sendEmailCode(open.turn)),
    changeEmail: submit(noFields, (open) => closing.changeEmail(open.turn)),
  };
}
