import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { OwnBackupCode, ShownBackupCode } from '#src/settings/backup-code.ts';
import { showBackupCode } from '#src/sign-in/backup-code.ts';
import type { BackupSmsState } from '../../enrolment/backup-code.view.ts';
import {
  type BackupCodePaper,
  backupCodeFile,
  backupCodePrintPage,
} from '../../enrolment/backup-code-paper.view.ts';
import { noFields } from '../../http/form.ts';
import { sendFile } from '../../http/send-file.ts';
import { secondsLeft } from '../../sign-in/shown.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { BACKUP_CODE_PATH, NEW_BACKUP_CODE_PATH } from '../paths.ts';
import type { SettingsVisit, Visits } from '../visits.ts';
import { type KnownBackupCode, ownBackupCodePage, shownBackupCodePage } from './backup-code.view.ts';

export interface BackupCodeSettingParts {
  ownBackupCode: OwnBackupCode;
  clock: Clock;
}

/** `id`: the code that the page shows. */
const shownForm = z.strictObject({ id: z.string().max(100) });

type Show = (ctx: InteractionContext, visit: SettingsVisit, state: KnownBackupCode) => Promise<void>;
type Act<Form> = (ctx: InteractionContext, visit: SettingsVisit, form: Form) => Promise<void>;
type ShowCode = (ctx: InteractionContext, visit: SettingsVisit, task: ShownBackupCode) => void;

/** Both steps fresh: a code is a way in. */
const fresh = { fresh: true } as const;

/** `now` in milliseconds since the epoch. */
function smsState({ sms }: ShownBackupCode, now: number): BackupSmsState | undefined {
  if (sms === undefined || sms.kind === 'sent') return sms?.kind;
  if (sms.kind === 'refused') return { refused: sms.reason };
  const wait = secondsLeft(sms.until, now);
  return wait === undefined ? undefined : { wait };
}

function paperOf({ turn }: SettingsVisit, { code, madeAt }: ShownBackupCode): BackupCodePaper {
  const { account, tenant } = turn;
  const hostName = new URL(tenant.issuer).host;
  return { code: showBackupCode(code), loginName: account.loginName, hostName, madeAt };
}

/** Pages and forms where a tenant has backup codes; elsewhere there is nothing to see or to do. */
function createOffered(visits: Visits, { ownBackupCode }: Pick<BackupCodeSettingParts, 'ownBackupCode'>) {
  const offered = async ({ turn }: SettingsVisit): Promise<KnownBackupCode | undefined> => {
    const state = await ownBackupCode.state(turn);
    return state.kind === 'off' ? undefined : state;
  };
  return {
    page: (show: Show) =>
      visits.page(async (ctx, visit) => {
        const state = await offered(visit);
        if (state === undefined) return seeOther(ctx, ACCOUNT_PATH);
        await show(ctx, visit, state);
      }, fresh),
    /** `path`: the page that it stands on. */
    form: <Form extends object>(schema: z.ZodType<Form>, path: string, act: Act<Form>) =>
      visits.form(
        schema,
        async (ctx, visit, typed) => {
          if ((await offered(visit)) === undefined) return seeOther(ctx, ACCOUNT_PATH);
          await act(ctx, visit, typed);
        },
        { ...fresh, page: () => path },
      ),
    /** Beside the page with the code. A sign-in on the way to a file would end on no page, so it is asked for there. */
    beside: (show: ShowCode) =>
      visits.page(async (ctx, visit) => {
        if (!visit.fresh) return seeOther(ctx, NEW_BACKUP_CODE_PATH);
        const task = await ownBackupCode.task(visit.turn);
        if (task?.stage !== 'shown') return seeOther(ctx, BACKUP_CODE_PATH);
        show(ctx, visit, task);
      }),
  };
}

/** The page and its ways of keeping a code. */
function createPages({ page, beside }: ReturnType<typeof createOffered>, parts: BackupCodeSettingParts) {
  const { ownBackupCode, clock } = parts;
  return {
    show: page(async (ctx, visit, state) => sendPage(ctx, ownBackupCodePage(visit, { state }))),

    showCode: page(async (ctx, visit, state) => {
      const { turn } = visit;
      const [task, hasNumber] = await Promise.all([ownBackupCode.task(turn), ownBackupCode.canSend(turn)]);
      if (task === undefined || task.stage === 'kept') return seeOther(ctx, BACKUP_CODE_PATH);
      if (task.stage !== 'shown') {
        return sendPage(ctx, ownBackupCodePage(visit, { state, problem: task.stage }));
      }
      const replaces = state.kind === 'works';
      const shown = { task, replaces, hasNumber, smsState: smsState(task, clock.now()) };
      sendPage(ctx, shownBackupCodePage(visit, shown));
    }),

    print: beside((ctx, visit, task) => {
      const frame = { ...visit.frame, back: `${NEW_BACKUP_CODE_PATH}/print` };
      sendPage(ctx, backupCodePrintPage(frame, { ...paperOf(visit, task), backHref: NEW_BACKUP_CODE_PATH }));
    }),

    file: beside((ctx, visit, task) => {
      const { t, locale, tenant } = visit.frame;
      const { productName } = tenant;
      const text = backupCodeFile(t, { ...paperOf(visit, task), locale, productName });
      sendFile(ctx, { name: 'back-upcode.txt', type: 'text/plain; charset=utf-8', text });
    }),
  };
}

/** Handlers of a new backup code (R14): made, shown, kept somewhere, and on. */
export function createBackupCodeSteps(visits: Visits, parts: BackupCodeSettingParts) {
  const { ownBackupCode } = parts;
  const offered = createOffered(visits, parts);
  const { form } = offered;
  return {
    ...createPages(offered, parts),

    make: form(noFields, BACKUP_CODE_PATH, async (ctx, { turn }) => {
      await ownBackupCode.make(turn);
      seeOther(ctx, NEW_BACKUP_CODE_PATH);
    }),

    send: form(shownForm, NEW_BACKUP_CODE_PATH, async (ctx, { turn }, { id }) => {
      await ownBackupCode.send(turn, id);
      seeOther(ctx, NEW_BACKUP_CODE_PATH);
    }),

    keep: form(shownForm, NEW_BACKUP_CODE_PATH, async (ctx, { turn }, { id }) => {
      const result = await ownBackupCode.keep(turn, id);
      if (result === 'kept') return goOnDone(ctx, 'backup-code');
      if (result === 'already') return goOnDone(ctx, 'already');
      seeOther(ctx, NEW_BACKUP_CODE_PATH);
    }),
  };
}
