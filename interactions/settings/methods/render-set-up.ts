import type { SetUps } from '#src/settings/set-up.ts';
import type { SetUp } from '#src/settings/set-up-state.ts';
import type { Problem } from '#src/sign-in/flow-state.ts';
import { enrolContent } from '../../enrolment/method.view.ts';
import { topicOf } from '../../enrolment/render-enrol.ts';
import { secondsLeft, sentNotice, shownProblem } from '../../sign-in/shown.ts';
import type { StepProblem } from '../../views/step-problem.ts';
import { addPath, METHODS_PATH } from '../paths.ts';
import { type DrawnVisit, settingsPage } from '../settings-page.ts';

export interface SetUpPage {
  page: string;
  setUp: SetUp;
  reads: Awaited<ReturnType<SetUps['reads']>>;
  /** Milliseconds since the epoch. */
  now: number;
}

function problemOf({ elsewhere, problem }: SetUp, now: number): StepProblem | undefined {
  return elsewhere ? { kind: 'elsewhere' } : shownProblem(problem satisfies Problem | undefined, now);
}

/** The page on which somebody who is signed in sets up another method, or one in the place of another. */
export function renderSetUp(visit: DrawnVisit, { page, setUp, reads, now }: SetUpPage): string {
  const { frame, stamp } = visit;
  const { t } = frame;
  const { sent, pending, replaces } = setUp;
  const path = addPath(page);
  const replacing = replaces !== undefined;
  // The one that is replaced is not one to add to.
  const methods = reads.methods.map((method) => (replacing ? { ...method, owned: 0 } : method));
  const asked = methods.find(({ kind, stage, channels }) => {
    return stage === 'prove' && channels.length > 0 && pending[kind] !== undefined;
  });
  const content = enrolContent(frame, {
    page,
    action: path,
    methods,
    problem: problemOf(setUp, now),
    renewAction: methods.some(({ renews }) => renews) ? `${path}/renew` : undefined,
    changeAction: asked === undefined ? undefined : `${path}/renew`,
    resend:
      asked === undefined || sent === undefined
        ? undefined
        : { action: `${path}/send`, channels: asked.channels, waitSeconds: secondsLeft(sent.againAt, now) },
    sent: sentNotice(sent, reads.delivery, path),
    explanationHref: `${path}/explanation/${topicOf(page)}`,
    optionsAction: `${path}/passkey-options`,
    typed: { label: setUp.typedLabel },
    settings: {
      lead: t(replacing ? 'settings.methods.replaceLead' : 'settings.methods.addLead'),
      carried: [
        { name: 'stamp', value: stamp },
        { name: 'task', value: setUp.id },
      ],
    },
  });
  return settingsPage(visit, {
    ...content,
    up: { href: METHODS_PATH, label: t('settings.methods.title') },
  });
}
