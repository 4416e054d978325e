import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import type { ChangePhone, PhoneNews } from '#src/settings/change-phone.ts';
import type { SetUp } from '#src/settings/set-up-state.ts';
import { sendJson } from '../../http/send-json.ts';
import { secondsLeft, sentNotice, shownProblem } from '../../sign-in/shown.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { addPath, METHODS_PATH, PHONE_CODE_PATH, PHONE_PATH } from '../paths.ts';
import { isTried, triedPath } from '../tried.ts';
import type { SettingsVisit, Visits } from '../visits.ts';
import { phoneCodePage } from './code.view.ts';
import { phonePage } from './phone.view.ts';

export interface PhoneParts {
  changePhone: ChangePhone;
  clock: Clock;
}

/** Stands in the address of a page whose form was about what is not there any more. */
const ELSEWHERE = 'elsewhere';

const NEWS: Readonly<Record<PhoneNews, string>> = {
  number: triedPath(PHONE_PATH),
  code: triedPath(PHONE_CODE_PATH),
  elsewhere: `${PHONE_PATH}?${ELSEWHERE}=1`,
};

const channel = z.enum(['sms', 'voice']);
const id = z.string().max(64);
const numberForm = z.strictObject({ factor: id, phone: z.string().max(200), channel });
const sendForm = z.strictObject({ id, channel });
const codeForm = z.strictObject({ id, code: z.string().max(200) });

const isSent = (setUp: SetUp | undefined): setUp is SetUp & { sent: NonNullable<SetUp['sent']> } =>
  setUp?.sent !== undefined;

/** The pages of the mobile number (R23): the new one is typed on the first, and proved on the second. */
export function createPhoneSteps(visits: Visits, { changePhone, clock }: PhoneParts) {
  const showNumber = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const { turn, frame, fresh } = visit;
    const [numbers, setUp, typed] = await Promise.all([
      changePhone.numbers(turn),
      changePhone.current(turn),
      visit.typed(numberForm),
    ]);
    const told = isTried(ctx) ? setUp : undefined;
    const asked = changePhone.asked(turn);
    const value = typed?.phone ?? told?.typedPhone;
    const kept =
      asked?.field.type === 'text' && value !== undefined ? { ...asked.field, value } : asked?.field;
    const page = phonePage(visit, {
      action: PHONE_PATH,
      numbers,
      asked: asked && kept && { ...asked, field: kept },
      proved: fresh,
      proveHref: `${PHONE_PATH}/prove`,
      newHours: frame.tenant.recovery.newPhoneHours,
      chosen: typed?.factor ?? told?.replaces,
      problem: shownProblem(told?.problem, clock.now()),
      elsewhere: ctx.query[ELSEWHERE] !== undefined,
      underWay: isSent(setUp) ? { href: PHONE_CODE_PATH, ending: setUp.sent.ending } : undefined,
      addAction: `${addPath('sms')}/begin`,
      methodsHref: METHODS_PATH,
    });
    sendPage(ctx, page);
  };

  const showCode = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const { turn, stamp } = visit;
    const setUp = await changePhone.current(turn);
    if (!isSent(setUp)) return seeOther(ctx, PHONE_PATH);
    const { methods, delivery } = await changePhone.reads(turn, setUp);
    const [method] = methods;
    const sent = sentNotice(setUp.sent, delivery, PHONE_PATH);
    if (method === undefined || sent === undefined) return seeOther(ctx, PHONE_PATH);
    const told = isTried(ctx) ? setUp : undefined;
    const now = clock.now();
    const names = [
      { name: 'stamp', value: stamp },
      { name: 'id', value: setUp.id },
    ];
    const page = phoneCodePage(visit, {
      action: PHONE_CODE_PATH,
      id: setUp.id,
      method,
      code: (await visit.typed(codeForm))?.code,
      sent,
      resend: {
        ...{ action: `${PHONE_PATH}/send`, channels: method.channels, hidden: names },
        waitSeconds: secondsLeft(setUp.sent.againAt, now),
      },
      problem: shownProblem(told?.problem, now),
      elsewhere: told?.elsewhere === true,
      numberHref: PHONE_PATH,
    });
    sendPage(ctx, page);
  };

  return {
    show: visits.page(showNumber),
    /** Where both steps are given; nothing of its own. */
    prove: visits.page((ctx) => seeOther(ctx, PHONE_PATH), { fresh: true }),
    showCode: visits.page(showCode, { fresh: true }),
    /** The news of a code under way, for the page's script. */
    delivery: visits.page(async (ctx, { turn }) => {
      const setUp = await changePhone.current(turn);
      sendJson(ctx, { state: setUp && (await changePhone.reads(turn, setUp)).delivery });
    }),
    request: visits.form(
      numberForm,
      async (ctx, { turn }, form) => seeOther(ctx, NEWS[await changePhone.request(turn, form)]),
      { fresh: true },
    ),
    send: visits.form(
      sendForm,
      async (ctx, { turn }, form) => seeOther(ctx, NEWS[await changePhone.sendAgain(turn, form)]),
      { fresh: true, page: () => PHONE_CODE_PATH, keep: () => undefined },
    ),
    submitCode: visits.form(
      codeForm,
      async (ctx, { turn }, form) => {
        const outcome = await changePhone.prove(turn, form);
        if (outcome === 'changed') return goOnDone(ctx, 'phone');
        if (outcome === 'finished') return goOnDone(ctx, 'already');
        seeOther(ctx, NEWS[outcome]);
      },
      { fresh: true },
    ),
  };
}
